import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { publishRequested } from "#shared/messages/repo.ts";
import { orderSweep } from "#shared/messages/storage.ts";
import { SweepId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { generations } from "#shared/state/repo.ts";
import { sweeps } from "#shared/state/sweeps.ts";
import { days, seconds } from "#shared/time.ts";
import { scheduler } from "../../services/scheduler/service.ts";
import { prune as pruneSignatures } from "../../services/signer/prune.ts";
import { makeBuild, startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";
import { fillDirectory } from "./fill.ts";
import { type Figure, report, until } from "./measure.ts";

// What the disk holds after a package was published many times into a repository of a size, beside what it holds after
// the first time: once more than the grace has passed, and a sweep has run.
// Run by hand: bun tests/bench/storage.ts [entries] [publishes]

const count = Number(process.argv[2] ?? 10_000);
const publishes = Number(process.argv[3] ?? 1_000);

/** Bytes of the files below a directory; one with several names counts once. */
const diskOf = async (directory: string) => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = new Map<number, number>();
  for (const { name, parentPath } of files) {
    const { ino, size } = await stat(join(parentPath, name));
    sizes.set(ino, size);
  }
  return sizes.values().reduce((sum, size) => sum + size, 0);
};

await using scratch = await makeScratch();
await fillDirectory(scratch.path, count);
await using it = await startRepo({}, { at: Date.now(), directory: scratch.path });
const { state, clock } = it.world;
await using _ = await start({ ...scheduler, crons: [], reconciles: [] }, {}, it.world);
await insertPackage(state, "often");
const publish = async (nth: number) => {
  clock.at += seconds(60);
  const build = await makeBuild(it.world, { pkgbase: "often", version: `1.0-${nth}` });
  await it.world.publish(publishRequested, { build });
};
const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const measure = async () => ({
  blobs: await diskOf(join(scratch.path, "blobs")),
  all: await diskOf(scratch.path),
});

await publish(1);
const first = await measure();
for (let nth = 2; nth <= publishes; nth++) await publish(nth);
const before = await measure();

clock.at += days(8);
// The repository forgets past generations by itself, within ten seconds.
while ((await state.read.$count(generations)) > 100) await it.world.pause(200);
await pruneSignatures(it.world);
const begun = performance.now();
const sweep = v.parse(SweepId, crypto.randomUUID());
await it.world.ask(orderSweep, { sweep, dryRun: false });
const row = await until("the sweep has ended", async () => {
  const [found] = await state.read.select().from(sweeps);
  return found?.endedAt ? found : undefined;
});
const took = performance.now() - begun;
if (row.obstacle !== null) throw new Error(`nothing was swept: ${row.obstacle}`);
const after = await measure();
const listed = (await it.entries()).length;
if (listed !== count + 1) throw new Error(`the database lists ${listed} packages`);

const times = after.all / first.all;
const figures: Figure[] = [
  {
    what: "after one publish: blobs, and all of DATA_DIR",
    kiln: `${mebibytes(first.blobs)}, ${mebibytes(first.all)}`,
  },
  {
    what: `after ${publishes.toLocaleString("en")} publishes, before the sweep`,
    kiln: `${mebibytes(before.blobs)}, ${mebibytes(before.all)}`,
  },
  { what: "after the sweep", kiln: `${mebibytes(after.blobs)}, ${mebibytes(after.all)}` },
  {
    what: "times the disk of one publish: blobs, and all",
    kiln: `${(after.blobs / first.blobs).toFixed(2)}, ${times.toFixed(2)}`,
    wanted: "at most 1.5",
    reached: times <= 1.5 && after.blobs <= 1.5 * first.blobs,
  },
  {
    what: `the sweep, which deleted ${row.deletedBlobs} blobs`,
    kiln: `${(took / 1_000).toFixed(1)} s`,
  },
];
report(
  `${publishes.toLocaleString("en")} publishes of one package into a repository of ${count.toLocaleString("en")}`,
  figures,
);
