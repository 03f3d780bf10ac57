import { runProgram } from "../support/program.ts";

type Terms = {
  readonly connections?: number;
  readonly seconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Requests and bytes a second, by wrk(1); fails where one answer is not a good one. */
export const load = async (
  url: string,
  { connections = 16, seconds = 4, headers = {} }: Terms = {},
) => {
  const named = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-t1", "--timeout", "60s", `-c${connections}`, `-d${seconds}s`, ...named, url];
  const said = await runProgram("wrk", args).catch((cause: unknown) => {
    throw new Error("wrk(1) is needed: apt-get install wrk", { cause });
  });
  const bad = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(said)?.[0];
  if (bad !== undefined) throw new Error(`${url}: ${bad}`);
  const [, bytes = "0", unit = ""] = /Transfer\/sec:\s+([\d.]+)(\w+)/.exec(said) ?? [];
  const scale = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }[unit] ?? Number.NaN;
  return {
    requests: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]),
    bytes: Number(bytes) * scale,
  };
};
