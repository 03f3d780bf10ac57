import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publishRequested } from "#shared/messages/repo.ts";
import { encodeDatabase } from "#shared/pacman/database-frame.ts";
import type { Entry } from "#shared/pacman/desc.ts";
import { runProgram } from "../support/program.ts";
import { makeBuild, makePackage, startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";
import { entriesOf, fillDirectory } from "./fill.ts";
import { type Figure, mebibytes, median, ms, published, report, timed } from "./measure.ts";

// How long it takes to publish one package into a repository of a size, with .files, signatures, fsync and switch,
// beside repo-add(8) with the same package and databases, which does none of the last three.
// Run by hand: bun tests/bench/publish.ts [entries]

const count = Number(process.argv[2] ?? 10_000);

const bytesWritten = async () =>
  Number(/^wchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))?.[1]);

const benchKiln = async () => {
  await using scratch = await makeScratch();
  await fillDirectory(scratch.path, count);
  await using it = await startRepo({}, { at: Date.now(), directory: scratch.path });
  const publish = async (name: string) => {
    await insertPackage(it.world.state, name);
    const build = await makeBuild(it.world, { pkgbase: name });
    const before = await bytesWritten();
    const milliseconds = await timed(() => it.world.publish(publishRequested, { build }));
    return { milliseconds, written: (await bytesWritten()) - before };
  };
  const first = await publish("first");
  const next = [];
  for (let nth = 0; nth < 9; nth++) next.push(await publish(`next-${nth}`));
  const listed = (await it.entries()).length;
  if (listed !== count + 10) throw new Error(`the database lists ${listed} packages`);
  return { first, next };
};

const benchRepoAdd = async (entries: readonly Entry[]) => {
  await using scratch = await makeScratch();
  const at = (name: string) => join(scratch.path, name);
  const databases = ["serene.db.tar.gz", "serene.files.tar.gz"];
  await writeFile(at("serene.db.tar.gz"), encodeDatabase(entries, "db"));
  await writeFile(at("serene.files.tar.gz"), encodeDatabase(entries, "files"));
  const { filename, bytes } = await makePackage({});
  await writeFile(at(filename), bytes);
  const milliseconds = await timed(() =>
    runProgram("repo-add", ["-q", "serene.db.tar.gz", filename], { cwd: scratch.path }),
  );
  const sizes = await Promise.all(databases.map(async (name) => (await stat(at(name))).size));
  return { milliseconds, written: sizes.reduce((sum, size) => sum + size, 0) };
};

const entries = entriesOf(count);
const kiln = await benchKiln();
const repoAdd = await benchRepoAdd(entries);
const each = median(kiln.next.map(({ milliseconds }) => milliseconds));
const faster = repoAdd.milliseconds / each;
const figures: Figure[] = [
  {
    what: "one package, median of 9",
    kiln: ms(each),
    beside: `repo-add: ${ms(repoAdd.milliseconds)}; ${published("serene", "1.5–2.1 s of repo-add with 1,001")}`,
    wanted: "100 times as fast as repo-add",
    reached: faster >= 100,
  },
  { what: "times as fast as repo-add", kiln: faster.toFixed(0) },
  {
    what: "bytes written for it",
    kiln: mebibytes(median(kiln.next.map(({ written }) => written))),
    beside: `repo-add: ${mebibytes(repoAdd.written)}`,
  },
  {
    what: "the first after a start, the plain files of all others included",
    kiln: ms(kiln.first.milliseconds),
  },
];
report(`Publishing into a repository of ${count.toLocaleString("en")}`, figures);
