import { eq, sql } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgname, RebuildId } from "#shared/model.ts";
import { listOwnPackages } from "#shared/own-packages.ts";
import { builds } from "#shared/state/builds.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { generations, publications } from "#shared/state/repo.ts";
import { listReader, readNamed } from "#shared/state/roots/roots.ts";
import { minutes } from "#shared/time.ts";
import { insertBuild } from "../../../support/builds.ts";
import { insertPackage } from "../../../support/rows.ts";
import { makeWorld } from "../../../support/world.ts";

const idOf = <S extends typeof BuildId | typeof RebuildId>(schema: S): v.InferOutput<S> =>
  v.parse(schema, crypto.randomUUID());

const hash = (letter: string) => letter.repeat(64);

/** A world with a build of a package, which was given a database and a package of the own repository. */
const setup = async () => {
  const world = await makeWorld();
  await insertPackage(world.state, "foo");
  const build = await insertBuild(world, {
    artifacts: [{ filename: "foo-1.0-1-any.pkg.tar.zst", sha256: hash("1"), bytes: 1 }],
    srcinfoSha256: hash("2"),
  });
  const row = await world.state.read.select().from(builds).where(eq(builds.id, build)).get();
  if (!row?.request) throw new Error("the build has no request");
  const file = (letter: string) => ({
    filename: "lib.pkg.tar.zst",
    blob: { sha256: hash(letter), bytes: 1 },
  });
  const list = await listOwnPackages(world.blobs, [file("9")]);
  if (!list) throw new Error("there is a package to list");
  const request = {
    ...row.request,
    repository: {
      name: "serene",
      generation: 1,
      databases: [file("d")],
      packages: [file("e")],
      list,
      publicKey: null,
    },
  };
  const change = (values: Partial<typeof builds.$inferInsert>) =>
    world.state.write(async (tx) => {
      await tx.update(builds).set(values).where(eq(builds.id, build));
    });
  await change({ request });
  return {
    world,
    change,
    named: async () =>
      Object.fromEntries(await readNamed(world.state.read, listReader(world.blobs), world.now())),
    list: list.sha256,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test("what a build was asked with and what it made is named, its source as a source", async () => {
  await using it = await setup();

  expect(await it.named()).toEqual({
    [hash("a")]: "sources",
    [hash("0")]: "what builds were made from",
    [hash("d")]: "what builds were made from",
    [hash("e")]: "what builds were made from",
    [hash("9")]: "what builds were made from",
    [it.list]: "what builds were made from",
    [hash("1")]: "packages of earlier builds",
    [hash("2")]: "what builds were made from",
  });
});

test("a build that has ended needs the databases of that time no longer, but the packages", async () => {
  await using it = await setup();

  await it.change({ state: "success", endedAt: 1 });

  const named = await it.named();
  expect(["d", "e", "9"].map((letter) => hash(letter) in named)).toEqual([false, true, true]);
});

test("a request that is no JSON any more still names its blobs", async () => {
  await using it = await setup();
  const text = `{"source": {"sha256": "${hash("c")}"`;
  await it.world.state.write(async (tx) => {
    await tx.update(builds).set({ request: sql`${text}`, endedAt: 1 });
  });

  expect(await it.named()).toMatchObject({ [hash("c")]: "what builds were made from" });
});

test("the newest three databases are named, and one that was replaced within the hour", async () => {
  await using it = await setup();
  const { state } = it.world;
  const ages = [300, 200, 50, 30, 20, 10];
  await state.write(async (tx) => {
    for (const [at, age] of ages.entries())
      await tx.insert(generations).values({
        number: at + 1,
        databaseSha256: `${at}`.repeat(64),
        databaseBytes: 1,
        filesSha256: hash("f"),
        filesBytes: 1,
        modifiedAt: at,
        createdAt: it.world.now() - minutes(age),
      });
  });

  const named = new Map(Object.entries(await it.named()));

  const kept = [...named].filter(([, kind]) => kind === "repository databases");
  // The second was replaced 50 minutes ago, the first long before.
  expect(kept.map(([sha256]) => sha256[0]).toSorted()).toEqual(["1", "2", "3", "4", "5", "f"]);
});

test("more rows than a page are all read", async () => {
  await using it = await setup();
  const hashOf = (nth: number) => nth.toString(16).padStart(8, "0").padStart(64, "9");
  await it.world.state.write(async (tx) => {
    for (let nth = 0; nth < 4_500; nth++)
      await tx.insert(generations).values({
        number: nth,
        databaseSha256: hashOf(nth),
        databaseBytes: 1,
        filesSha256: hashOf(nth),
        filesBytes: 1,
        modifiedAt: nth,
        createdAt: it.world.now(),
      });
  });

  const named = await it.named();

  expect(Object.values(named).filter((kind) => kind === "repository databases")).toHaveLength(
    4_500,
  );
});

test("what a rebuild made stays named while what it is of is published", async () => {
  await using it = await setup();
  const { state } = it.world;
  const { pkgbase } = await insertPackage(state, "app");
  const [published, earlier] = [idOf(BuildId), idOf(BuildId)];
  const rows = [
    { rebuild: idOf(RebuildId), build: published, letter: "c" },
    { rebuild: idOf(RebuildId), build: earlier, letter: "f" },
  ];
  await state.write(async (tx) => {
    await tx.insert(publications).values({
      pkgbase,
      build: published,
      version: "1-1",
      srcinfo: "",
      pkgbuild: "",
      sourceState: "one",
      publishedAt: 0,
    });
    for (const { rebuild, build, letter } of rows) {
      await tx.insert(rebuilds).values({
        id: rebuild,
        pkgbase,
        arch: "x86_64",
        build,
        version: "1-1",
        reason: "manual",
        status: "BAD",
        orderedAt: 1,
        endedAt: 1,
      });
      await tx.insert(rebuildArtifacts).values({
        rebuild,
        filename: "a",
        pkgname: v.parse(Pkgname, "app"),
        sha256: hash("b"),
        bytes: 1,
        rebuiltSha256: hash(letter),
        status: "BAD",
      });
    }
  });

  const named = await it.named();

  expect(["b", "c", "f"].map((letter) => hash(letter) in named)).toEqual([false, true, false]);
});
