import { readFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { pause } from "#shared/pause.ts";

// What the benches share: clocks, and a table to print.

/** Milliseconds that `work` takes. */
export const timed = async (work: () => Promise<unknown>) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Looks again every few milliseconds until `look` gives something. */
export const until = async <T>(
  what: string,
  look: () => Promise<T | undefined>,
  { patience = 120_000, interval = 10 } = {},
): Promise<T> => {
  const late = performance.now() + patience;
  while (performance.now() < late) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(interval);
  }
  throw new Error(`${what}: not within ${patience / 1_000} s`);
};

export const untilServed = (url: string) =>
  until(url, async () => {
    const response = await fetch(url).catch(() => undefined);
    return response?.ok ? response : undefined;
  });

export type Figure = {
  readonly what: string;
  readonly kiln: string;
  /** The peer of the same run, or a figure that somebody published. */
  readonly beside?: string;
  readonly wanted?: string;
  /** Absent where nothing is wanted. */
  readonly reached?: boolean;
};

/** A figure that was not measured in this run. */
export const published = (whose: string, figure: string) =>
  `${whose}: ${figure} (its specification's, not of this run)`;

/** Prints figures as a table, under a line about the machine. */
export const report = (title: string, figures: readonly Figure[]) => {
  const load = loadavg()[0]?.toFixed(1);
  console.log(`\n${title} (${availableParallelism()} processors, load ${load})\n`);
  const rows = [
    ["what", "kiln", "beside it", "wanted", ""],
    ["---", "---", "---", "---", "---"],
    ...figures.map(({ what, kiln, beside = "", wanted = "", reached }) => [
      ...[what, kiln, beside, wanted],
      reached === undefined ? "" : reached ? "reached" : "missed",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of rows)
    console.log(`| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
};

export const ms = (milliseconds: number) =>
  milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(2)} s`;

export const perSecond = (rate: number) => `${Math.round(rate).toLocaleString("en")}/s`;

export const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;

/** Bytes of memory a process has now, and had at most. */
export const memoryOf = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
};

/** Milliseconds of processor time that a process has had. */
export const processorTimeOf = async (pid: number) => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  // Fields 14 and 15 in proc(5), in hundredths of a second; the second field may hold spaces.
  const [user = "", system = ""] = text.slice(text.lastIndexOf(")")).split(" ").slice(12);
  return (Number(user) + Number(system)) * 10;
};
