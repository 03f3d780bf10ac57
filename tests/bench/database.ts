// How long it takes to write a database of 10,000 packages, and to change one of them in it.
// Run by hand: bun tests/bench/database.ts
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeDatabase, encodeFrame, FRAME_ENTRIES } from "#shared/pacman/database-frame.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { vercmp } from "#shared/pacman/vercmp.ts";
import { packageOf, pieces } from "../support/archive.ts";
import { makeEntries } from "../support/entry.ts";
import { runProgram } from "../support/program.ts";
import { makeScratch } from "../support/scratch.ts";

const timed = async <T>(what: string, work: () => T | Promise<T>) => {
  const start = performance.now();
  const made = await work();
  console.log(`${what.padEnd(58)} ${(performance.now() - start).toFixed(0).padStart(8)} ms`);
  return made;
};

await using scratch = await makeScratch();
const at = (name: string) => join(scratch.path, name);
const entries = makeEntries(10_000);

const db = await timed("ours: .db of 10,000 entries, whole", () => encodeDatabase(entries, "db"));
const files = await timed("ours: .files of 10,000 entries, whole", () =>
  encodeDatabase(entries, "files"),
);
await timed("ours: one package, its frame in .db and .files", () => {
  encodeFrame(entries.slice(0, FRAME_ENTRIES), "db");
  encodeFrame(entries.slice(0, FRAME_ENTRIES), "files");
});
await timed("ours: .files of 10,000 entries, read", () =>
  Array.fromAsync(readDatabase(pieces(files, 65_536))),
);
await timed("vercmp: 10,000 versions, sorted", () =>
  Array.from({ length: 10_000 }, (_, i) => `1.${(i * 7_919) % 10_007}.${i % 7}rc-1`).sort(vercmp),
);

await writeFile(at("big.db.tar.gz"), db);
await writeFile(at("big.files.tar.gz"), files);
await writeFile(
  at("new-1.0-1-any.pkg.tar.gz"),
  await packageOf("pkgname = new\npkgver = 1.0-1\narch = any\n", [["usr/"]]),
);
await timed("repo-add: one package into them", () =>
  runProgram("repo-add", ["-q", at("big.db.tar.gz"), at("new-1.0-1-any.pkg.tar.gz")]),
);
