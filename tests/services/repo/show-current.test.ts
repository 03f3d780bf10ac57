import { link, lstat, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { repoPublished, retirePackage } from "#shared/messages/repo.ts";
import type { Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import { repo } from "../../../services/repo/service.ts";
import { startRepo } from "../../support/repo.ts";
import { hidePackage, insertPackage } from "../../support/rows.ts";

const file = "foo-1.0-1-x86_64.pkg.tar.gz";
const databases = ["serene.db", "serene.db.tar.gz", "serene.files", "serene.files.tar.gz"];
const folders = ["current", "generation"];
const withSignatures = (names: readonly string[]) => names.flatMap((name) => [name, `${name}.sig`]);

const setup = async () => {
  const it = await startRepo({ SIGN_KEY_GENERATE: "true" });
  await insertPackage(it.world.state, "foo");
  await it.publish();
  return {
    ...it,
    pkgbase: async (): Promise<Pkgbase> => {
      const [row] = await it.world.state.read.select().from(publications);
      if (!row) throw new Error("nothing is published");
      return row.pkgbase;
    },
    /** Another process on the same directory and tables. */
    startAgain: () => start(repo, { DATA_DIR: it.world.directory }, it.world),
  };
};

test("the directory holds the current generation under pacman's names, and nothing else", async () => {
  await using it = await setup();

  const names = await readdir(it.directory);

  const files = withSignatures([file, ...databases]);
  expect(names.sort()).toEqual([...files, ...folders].sort());
  for (const name of files) {
    const served = await it.fetch(`/x86_64/${name}`);
    expect(await it.plain(name)).toEqual(Buffer.from(await served.arrayBuffer()));
  }
});

test("all databases and their signatures change in one step", async () => {
  await using it = await setup();
  const before = await readlink(join(it.directory, "current"));
  await it.publish({ version: "2.0-1" });

  const after = await readlink(join(it.directory, "current"));
  const links = await Promise.all(
    withSignatures(databases).map((name) => readlink(join(it.directory, name))),
  );

  expect([before, after]).toEqual(["generation/2", "generation/3"]);
  expect(links.sort()).toEqual(
    withSignatures(["serene.db", "serene.db", "serene.files", "serene.files"])
      .map((name) => `current/${name}`)
      .sort(),
  );
  expect(await readdir(join(it.directory, before))).toEqual(
    await readdir(join(it.directory, after)),
  );
});

test("plain databases of earlier versions give way to links", async () => {
  await using it = await setup();
  const name = join(it.directory, "serene.db.sig");
  const content = await readFile(name);
  await rm(name);
  await writeFile(name, content);

  await using _again = await it.startAgain();

  await vi.waitFor(async () => expect((await lstat(name)).isSymbolicLink()).toBe(true), {
    timeout: 15_000,
  });
  expect(await readFile(name)).toEqual(content);
});

test("package files share the blob's room, and databases have their generation's time", async () => {
  await using it = await setup();

  const served = await it.fetch("/x86_64/serene.db");

  const { mtime } = await stat(join(it.directory, "serene.db"));
  expect(mtime.toUTCString()).toBe(served.headers.get("last-modified"));
  expect((await stat(join(it.directory, file))).nlink).toBe(2);
});

test("an old package file stays for ten minutes, and is then taken away, also after a restart", async () => {
  await using it = await setup();
  await it.publish({ version: "2.0-1" });
  const soon = await readdir(it.directory);
  it.world.clock.at += 600_001;

  await using _again = await it.startAgain();

  expect(soon).toContain(file);
  const kept = withSignatures(["foo-2.0-1-x86_64.pkg.tar.gz", ...databases]);
  await vi.waitFor(
    async () => {
      expect((await readdir(it.directory)).sort()).toEqual([...kept, ...folders].sort());
      expect(await readdir(join(it.directory, "generation"))).toEqual(["3"]);
    },
    { timeout: 15_000 },
  );
});

test("a user's own files are left alone", async () => {
  await using it = await setup();
  await writeFile(join(it.directory, "mine.txt"), "mine");
  await hidePackage(it.world.state, "foo");
  await it.world.ask(retirePackage, { pkgbase: await it.pkgbase() });
  it.world.clock.at += 600_001;

  await using _again = await it.startAgain();

  const kept = ["mine.txt", ...withSignatures(databases), ...folders].sort();
  await vi.waitFor(async () => expect((await readdir(it.directory)).sort()).toEqual(kept), {
    timeout: 15_000,
  });
});

test("what is missing, half written or another's is repaired at start", async () => {
  await using it = await setup();
  const whole = await Promise.all([file, "serene.db", "serene.files.sig"].map(it.plain));
  await rm(join(it.directory, file));
  await writeFile(join(it.directory, "other"), (whole[0] ?? Buffer.alloc(0)).fill(0));
  await link(join(it.directory, "other"), join(it.directory, file));
  await rm(join(it.directory, "serene.db"));
  await writeFile(join(it.directory, "serene.files.sig"), "half");
  await writeFile(join(it.directory, ".kiln-left-over"), "half");

  await using _again = await it.startAgain();

  await vi.waitFor(
    async () => {
      const served = await it.fetch(`/x86_64/${file}`);
      expect(await it.plain(file)).toEqual(Buffer.from(await served.arrayBuffer()));
      expect(await it.plain("serene.db")).toEqual(whole[1]);
      expect(await it.plain("serene.files.sig")).toEqual(whole[2]);
    },
    { timeout: 15_000 },
  );
  expect(await readdir(it.directory)).not.toContain(".kiln-left-over");
});

test("signatures go from the directory with the key", async () => {
  await using it = await setup();
  await rm(join(it.world.directory, "sign_key.asc"));

  await it.publish({ version: "2.0-1" });

  const names = await readdir(it.directory);
  expect(names.filter((name) => name.includes(".db") || name.includes(".files")).sort()).toEqual(
    databases,
  );
  expect(names).not.toContain("foo-2.0-1-x86_64.pkg.tar.gz.sig");
  expect(await readFile(join(it.directory, `${file}.sig`))).toHaveLength(189);
});

test("a package file that is lost keeps nothing else from being shown and published", async () => {
  await using it = await setup();
  await insertPackage(it.world.state, "bar");
  const [row] = await it.world.state.read.select().from(artifacts);
  await it.running[Symbol.asyncDispose]();
  await rm(it.world.blobs.placeOf(row?.sha256 ?? ""));
  await rm(join(it.directory, file));
  await using _again = await it.startAgain();

  await it.publish({ pkgbase: "bar" });

  expect(it.world.bus.sent(repoPublished).map(({ pkgbase }) => pkgbase)).toEqual(["foo", "bar"]);
  const plain = await readdir(it.directory);
  expect(plain).toContain("bar-1.0-1-x86_64.pkg.tar.gz");
  expect(plain).not.toContain(file);
});
