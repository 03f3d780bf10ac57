import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { publishRequested } from "#shared/messages/repo.ts";
import { Pkgbase } from "#shared/model.ts";
import { encodeDatabase, encodeFrame } from "#shared/pacman/database-frame.ts";
import { type Entry, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import { artifacts, frames, publications } from "#shared/state/repo.ts";
import { signatures, signingKeys } from "#shared/state/signatures.ts";
import { makeEntry } from "../support/entry.ts";
import { runProgram } from "../support/program.ts";
import { makeBuild, makePackage, startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";

// How long, and how many bytes, it takes to publish one package into a repository of a size,
// beside repo-add(8) with the same package and databases. Run by hand: bun tests/bench/publish.ts

const signature = Buffer.alloc(119, 1).toString("base64");

const content = Buffer.from("the file of every package");
const sha256 = createHash("sha256").update(content).digest("hex");

const entriesOf = (count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => {
    const entry = makeEntry(`package-${String(i).padStart(5, "0")}`);
    const { byteLength: csize } = content;
    return { ...entry, desc: { ...entry.desc, csize, sha256sum: sha256, pgpsig: signature } };
  });

const bytesWritten = async () =>
  Number(/^wchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))?.[1]);

/** A repository that holds the entries, as publishing each of them would have left it. */
const fill = async (
  { world }: Awaited<ReturnType<typeof startRepo>>,
  entries: readonly Entry[],
) => {
  const pkgbase = v.parse(Pkgbase, "everything");
  const build = await makeBuild(world, { pkgbase, pkgnames: [] });
  await world.blobs.put(content);
  const [key] = await world.state.read.select().from(signingKeys);
  const fingerprint = key?.fingerprint ?? "";
  await world.state.write(async (tx) => {
    await tx.insert(signatures).values({ sha256, fingerprint, signature, signedAt: 0 });
    const texts = { version: "1", srcinfo: "", pkgbuild: "", sourceState: "" };
    await tx.insert(publications).values({ pkgbase, build, ...texts, publishedAt: 0 });
  });
  for (let start = 0, id = 1_000_000; start < entries.length; start += 64, id++) {
    const part = entries.slice(start, start + 64);
    const database = await world.blobs.put(encodeFrame(part, "db"));
    const files = await world.blobs.put(encodeFrame(part, "files"));
    const rows: (typeof artifacts.$inferInsert)[] = [];
    for (const { desc, files: list = [] } of part) {
      const filesSha256 = (await world.blobs.put(Buffer.from(formatFiles(list)))).sha256;
      const { name: pkgname, version, arch, filename } = desc;
      const names = { pkgname, pkgbase, version, arch, filename, depends: [], provides: [] };
      const bytes = content.byteLength;
      const text = formatDesc(desc);
      rows.push({ ...names, sha256, bytes, signature, desc: text, filesSha256, frame: id });
    }
    await world.state.write(async (tx) => {
      const hashes = { databaseSha256: database.sha256, filesSha256: files.sha256 };
      await tx.insert(frames).values({ id, firstPkgname: rows[0]?.pkgname ?? "", ...hashes });
      await tx.insert(artifacts).values(rows);
    });
  }
};

const benchKiln = async (entries: readonly Entry[]) => {
  await using it = await startRepo({ SIGN_KEY_GENERATE: "true" }, { at: Date.now() });
  await fill(it, entries);
  const publish = async (name: string) => {
    await insertPackage(it.world.state, name);
    const build = await makeBuild(it.world, { pkgbase: name });
    const [before, started] = [await bytesWritten(), performance.now()];
    await it.world.publish(publishRequested, { build });
    const milliseconds = Math.round(performance.now() - started);
    return { milliseconds, written: (await bytesWritten()) - before };
  };
  const first = await publish("first");
  return { first, next: await publish("next"), another: await publish("another") };
};

const benchRepoAdd = async (entries: readonly Entry[]) => {
  await using scratch = await makeScratch();
  const at = (name: string) => join(scratch.path, name);
  await writeFile(at("serene.db.tar.gz"), encodeDatabase(entries, "db"));
  await writeFile(at("serene.files.tar.gz"), encodeDatabase(entries, "files"));
  const { filename, bytes } = await makePackage({});
  await writeFile(at(filename), bytes);
  const started = performance.now();
  await runProgram("repo-add", ["-q", "serene.db.tar.gz", filename], { cwd: scratch.path });
  const sizes = await Promise.all(
    ["serene.db.tar.gz", "serene.files.tar.gz"].map(async (name) => (await stat(at(name))).size),
  );
  return {
    milliseconds: Math.round(performance.now() - started),
    written: sizes.reduce((sum, size) => sum + size, 0),
  };
};

for (const count of [1_001, 10_000]) {
  const entries = entriesOf(count);
  const kiln = await benchKiln(entries);
  const repoAdd = await benchRepoAdd(entries);
  console.log(JSON.stringify({ entries: count, kiln, repoAdd }));
}
