import { execFileSync } from "node:child_process";

export type Pair = readonly [a: string, b: string];

/** What vercmp(8) answers to each pair, asked by one xargs. */
export const askVercmp = (pairs: readonly Pair[]) =>
  execFileSync("xargs", ["-0", "-r", "-n", "2", "vercmp"], {
    input: pairs
      .flat()
      .map((version) => `${version}\0`)
      .join(""),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  })
    .split("\n")
    .slice(0, -1)
    .map((answer, i) => [...(pairs[i] ?? []), Number(answer)]);
