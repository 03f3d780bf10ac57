// How long a trivial build takes, by phase, on the engine at DOCKER_URL.
// Run by hand: DOCKER_URL=… bun tests/bench/builder.ts [runs]

import { pause } from "#shared/pause.ts";
import { openWith } from "../../services/builder/context.ts";
import { connectDocker } from "../../services/builder/docker/connect.ts";
import type { Engine } from "../../services/builder/docker/engine.ts";
import { pkgbuildOf, requestOf, startBuilder } from "../support/builder.ts";
import { wordsOf } from "../support/fake-containers.ts";

const url = process.env.DOCKER_URL ?? "/var/run/docker.sock";
const runs = Number(process.argv[2] ?? 5);
const times = new Map<string, number[]>();

const timed = async <T>(what: string, work: () => Promise<T>) => {
  const start = performance.now();
  const result = await work();
  times.set(what, [...(times.get(what) ?? []), performance.now() - start]);
  return result;
};

/** The same engine, with a clock beside it. */
const clocked = (engine: Engine): Engine => ({
  ...engine,
  start: async (spec) => {
    const container = await timed("container: create and start", () => engine.start(spec));
    return {
      ...container,
      run: (command, each) =>
        timed(wordsOf(command).split("\n")[0]?.slice(0, 40) ?? "", () =>
          container.run(command, each),
        ),
      put: (tar) => timed("container: put the source", () => container.put(tar)),
      take: (path) => timed("container: take the packages", () => container.take(path)),
      [Symbol.asyncDispose]: () =>
        timed("container: remove", async () => container[Symbol.asyncDispose]()),
    };
  },
});

await using builder = await startBuilder(
  {},
  { open: (base) => openWith(clocked(connectDocker(url, pause, { kind: "open" })), base) },
);
const source = await builder.source({ PKGBUILD: pkgbuildOf("trivial") });
for (let run = 0; run < runs; run += 1)
  await timed("whole", () => builder.build(requestOf(source, "trivial")));

for (const [what, each] of times) {
  const median = each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0;
  console.log(`${what.padEnd(44)} ${median.toFixed(0).padStart(6)} ms, ${each.length} times`);
}
