import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { pause } from "#shared/pause.ts";
import { jsonLog } from "#shared/service/log.ts";
import { officialDatabases } from "#shared/state/sources.ts";
import { connectMirror } from "../../../services/resolver/mirror.ts";
import { openOfficial } from "../../../services/resolver/official.ts";
import { tarOf } from "../../support/archive.ts";
import { writeMirror } from "../../support/official-mirror.ts";
import { makeWorld } from "../../support/world.ts";

const { signal } = new AbortController();

const setup = async () => {
  const world = await makeWorld();
  const directory = join(world.directory, "mirror");
  const listed = {
    core: { glibc: ["pkgver = 2.38-1"], bash: ["provides = sh"] },
    extra: { cmake: ["group = tools", "pkgver = 3.1-1"] },
  };
  const pattern = await writeMirror(directory, listed);
  /** A resolver started anew: it has parsed nothing. */
  const restarted = (at = pattern, log = world.log) =>
    openOfficial({
      ...world,
      log,
      mirror: connectMirror({ pattern: at, arch: "x86_64", signal, pause }),
    });
  const has = async (read: ReturnType<typeof restarted>, texts: readonly string[]) => {
    const official = await read();
    return texts.filter((text) => official.has(parseDependency(text)));
  };
  return {
    world,
    directory,
    listed,
    restarted,
    has,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

const asked = ["glibc>=2", "glibc>3", "sh", "cmake", "tools", "tools>=1", "none"];
const there = ["glibc>=2", "sh", "cmake"];

test("names and provides are there, in the versions they have", async () => {
  await using it = await setup();
  const read = it.restarted();

  expect(await it.has(read, asked)).toEqual(there);
  expect((await read()).problem).toBeUndefined();
  const rows = await it.world.state.read.select().from(officialDatabases);
  expect(rows.map(({ repository }) => repository).sort()).toEqual(["core", "extra", "multilib"]);
});

test("a group is known, and is no package", async () => {
  await using it = await setup();

  const official = await it.restarted()();

  expect(["tools", "cmake"].map(official.isGroup)).toEqual([true, false]);
});

test("an entry that cannot be read is passed over, and named in the log", async () => {
  await using it = await setup();
  const odd = [
    ["odd-1.0~rc1-1/desc", "%FILENAME%\nodd~\n\n%NAME%\nodd\n\n%VERSION%\n1.0~rc1-1\n"],
    ["none-1-1/desc", "%FILENAME%\nnone-1-1-any.pkg.tar.zst\n\n%NAME%\nnone\n"],
    ["empty-1-1/files", "%FILES%\n"],
    ["cmake-3.1-1/desc", "%NEW_FIELD%\nlater\n\n%NAME%\ncmake\n\n%VERSION%\n3.1-1\n"],
  ] as const;
  const database = gzipSync(await tarOf(odd.map(([name, text]) => [name, text])));
  await writeFile(join(it.directory, "extra/os/x86_64/extra.db"), database);
  const logged: object[] = [];
  const log = jsonLog((line) => logged.push(JSON.parse(line)));

  const official = await it.restarted(undefined, log)();

  const needs = ["odd>=1.0~rc1", "odd>=2", "none", "empty", "cmake"];
  expect(needs.filter((text) => official.has(parseDependency(text)))).toEqual([
    "odd>=1.0~rc1",
    "cmake",
  ]);
  expect(official.problem).toBeUndefined();
  const event = "entry of a mirror's database not read";
  expect(logged).toMatchObject([
    { event, repository: "extra", entry: "none-1-1" },
    { event, repository: "extra", entry: "empty-1-1" },
  ]);
});

test("a change of the mirror is seen at the next look", async () => {
  await using it = await setup();
  const read = it.restarted();
  await read();
  await writeMirror(it.directory, { ...it.listed, core: { glibc: ["pkgver = 4-1"] } });

  expect(await it.has(read, asked)).toEqual(["glibc>=2", "glibc>3", "cmake"]);
});

test("a mirror that is gone, or answers nonsense, counts as it was last seen, after a restart too", async () => {
  await using it = await setup();
  await it.restarted()();
  await rm(join(it.directory, "core"), { recursive: true });
  await writeFile(join(it.directory, "extra/os/x86_64/extra.db"), "<html>");

  const read = it.restarted();

  expect(await it.has(read, asked)).toEqual(there);
  expect((await read()).problem).toBeUndefined();
});

test("a repository that was never read is a problem, and the others count", async () => {
  await using it = await setup();
  await rm(join(it.directory, "core"), { recursive: true });

  const read = it.restarted();

  expect(await it.has(read, asked)).toEqual(["cmake"]);
  expect((await read()).problem).toMatch(/^cannot read file:.*core\.db: ENOENT/);
});

test("who asks at the same time gets the same answer", async () => {
  await using it = await setup();
  const read = it.restarted();

  const [one, other] = await Promise.all([read(), read()]);

  expect(one).toBe(other);
});
