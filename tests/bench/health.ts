import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { pause } from "#shared/pause.ts";
import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";
import { runProgram } from "../support/program.ts";
import { makeScratch } from "../support/scratch.ts";
import { startKiln } from "./kiln.ts";
import { type Figure, median, ms, perSecond, processorTimeOf, report, timed } from "./measure.ts";

// What 200 clients that ask for /readyz or /metrics all the time cost kiln, which is one process here, and another
// process that writes to its database. Run by hand: bun tests/bench/health.ts [seconds]

const clients = 200;
const length = Number(process.argv[2] ?? 10) * 1_000;

await using scratch = await makeScratch();
const directory = join(scratch.path, "data");

// kiln starts git by timeout(1): this one counts.
const programs = join(scratch.path, "bin");
const count = join(scratch.path, "count");
await mkdir(programs);
await writeFile(count, "");
await writeFile(
  join(programs, "timeout"),
  `#!/bin/sh\nprintf . >> ${count}\nexec /usr/bin/timeout "$@"\n`,
  { mode: 0o755 },
);
const forks = async () => (await readFile(count)).byteLength;

await using kiln = await startKiln(directory, {
  ALLOW_READS: "true",
  PATH: `${programs}:${process.env.PATH}`,
});
await using state = await openState(`file:${join(directory, "state.db")}`);

/** Milliseconds that each of as many writes took as fit in, one each 20 ms. */
const write = async (signal: AbortSignal) => {
  const took: number[] = [];
  while (!signal.aborted) {
    took.push(
      await timed(() =>
        state.write((transaction) =>
          transaction
            .insert(signatures)
            .values({ sha256: crypto.randomUUID(), fingerprint: "", signature: "", signedAt: 0 }),
        ),
      ),
    );
    await pause(20);
  }
  return took.toSorted((a, b) => a - b);
};

const Took = v.array(v.number());

/** Milliseconds that each answer took. */
const ask = async (path: string) => {
  const script = join(import.meta.dirname, "ask.ts");
  const args = [script, `${kiln.url}${path}`, `${clients}`, `${length}`];
  return v.parse(Took, JSON.parse(await runProgram(process.execPath, args)));
};

const measure = async (path: string | undefined): Promise<Figure[]> => {
  const signal = AbortSignal.timeout(length);
  const before = { forks: await forks(), processor: await processorTimeOf(kiln.pid) };
  const [wrote, took] = await Promise.all([write(signal), path ? ask(path) : []]);
  const what = path ? `${clients} clients on ${path}` : "nobody asks";
  const processor = (await processorTimeOf(kiln.pid)) - before.processor;
  const answers = [
    { what: `${what}: answers`, kiln: perSecond((took.length / length) * 1_000) },
    { what: `${what}: median answer`, kiln: ms(median(took)) },
  ];
  return [
    ...(path ? answers : []),
    { what: `${what}: git was started`, kiln: `${(await forks()) - before.forks} times` },
    { what: `${what}: processor`, kiln: `${Math.round((processor / length) * 100)} %` },
    { what: `${what}: median write`, kiln: `${median(wrote).toFixed(1)} ms` },
    { what: `${what}: slowest write`, kiln: ms(wrote.at(-1) ?? Number.NaN) },
    { what: `${what}: writes`, kiln: perSecond((wrote.length / length) * 1_000) },
  ];
};

const figures = [
  ...(await measure(undefined)),
  ...(await measure("/readyz")),
  ...(await measure("/metrics")),
];
report(`/readyz and /metrics for ${length / 1_000} s each`, figures);
