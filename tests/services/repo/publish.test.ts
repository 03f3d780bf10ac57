import { chmod, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts, generations, publications } from "#shared/state/repo.ts";
import { giveUp } from "../../../services/repo/publish.ts";
import { makeBuild, startRepo, type Wanted } from "../../support/repo.ts";
import { deletePackage, insertPackage } from "../../support/rows.ts";

const setup = (packages = ["foo"]) => startRepo({ SIGN_KEY_GENERATE: "true" }, { packages });

const refusals = (it: Awaited<ReturnType<typeof setup>>) =>
  it.world.bus.sent(publishRefused).map(({ message }) => message);

test("a published package is in the database, served, signed, and said to be", async () => {
  await using it = await setup();

  const build = await it.publish();

  const [published] = it.world.bus.sent(repoPublished);
  expect(published).toMatchObject({
    build,
    pkgbase: "foo",
    arch: "x86_64",
    packages: [{ pkgname: "foo", version: "1.0-1", filename: "foo-1.0-1-x86_64.pkg.tar.gz" }],
  });
  expect(await it.entries()).toEqual(["foo-1.0-1"]);
  expect(await it.entries("serene.files")).toEqual(["foo-1.0-1"]);
  expect((await it.fetch("/x86_64/foo-1.0-1-x86_64.pkg.tar.gz")).status).toBe(200);
  expect((await it.fetch("/x86_64/foo-1.0-1-x86_64.pkg.tar.gz.sig")).status).toBe(200);
  expect((await it.fetch("/x86_64/serene.db.sig")).status).toBe(200);
});

test("a request said twice changes nothing and is answered twice", async () => {
  await using it = await setup();
  const build = await it.publish();
  const before = await it.world.state.read.select().from(generations);

  await it.world.publish(publishRequested, { build });

  expect(await it.world.state.read.select().from(generations)).toEqual(before);
  const [first, second] = it.world.bus.sent(repoPublished);
  expect(second).toEqual(first);
});

test("a new version takes the old one's place, whose file is served for ten minutes more", async () => {
  await using it = await setup();
  await it.publish();
  await it.publish({ version: "1.0-2" });

  const old = () => it.fetch("/x86_64/foo-1.0-1-x86_64.pkg.tar.gz");
  const soon = await old();
  it.world.clock.at += 600_001;
  const later = await old();

  expect(await it.entries()).toEqual(["foo-1.0-2"]);
  expect([soon.status, later.status]).toEqual([200, 404]);
});

test("a split package that loses a member loses it in the repository too", async () => {
  await using it = await setup();
  await it.publish({ pkgnames: ["foo", "foo-docs"] });

  await it.publish({ pkgnames: ["foo"], version: "1.1-1" });

  expect(await it.entries()).toEqual(["foo-1.1-1"]);
});

test("a devel package has the version that was built, not the one that was promised", async () => {
  await using it = await setup();

  await it.publish({ devel: true, version: "3-1", promised: { version: "2-1" } });

  expect(await it.entries()).toEqual(["foo-3-1"]);
});

test("a debug package is left out", async () => {
  await using it = await setup();

  await it.publish({ pkgnames: ["foo", "foo-debug"], promised: { pkgnames: ["foo"] } });

  expect(await it.entries()).toEqual(["foo-1.0-1"]);
});

const wrong: readonly (readonly [string, Wanted["made"], string])[] = [
  ["another name", { pkgname: "bar" }, "bar-1.0-2-x86_64.pkg.tar.gz is package bar, expected foo"],
  [
    "another version",
    { version: "0.9-1" },
    "foo-0.9-1-x86_64.pkg.tar.gz is version 0.9-1, expected 1.0-2",
  ],
  [
    "another architecture",
    { arch: "aarch64" },
    "foo-1.0-2-aarch64.pkg.tar.gz is for architecture aarch64, expected x86_64 or any",
  ],
  [
    "another package base",
    { pkgbase: "bar" },
    "foo-1.0-2-x86_64.pkg.tar.gz is of package base bar, expected foo",
  ],
  [
    "a file name that is not its own",
    { filename: "foo-1.0-2-any.pkg.tar.gz" },
    "foo-1.0-2-any.pkg.tar.gz holds what belongs into foo-1.0-2-x86_64.pkg.tar.gz",
  ],
];

test.each(wrong)("%s is refused, and the old package stays served", async (_name, made, reason) => {
  await using it = await setup();
  await it.publish();
  const before = await it.plain("serene.db");

  await it.publish({ version: "1.0-2", made: made ?? {} });

  expect(refusals(it)).toEqual([`${reason}; foo 1.0-1 stays in the repository`]);
  expect(await it.entries()).toEqual(["foo-1.0-1"]);
  expect(await it.plain("serene.db")).toEqual(before);
  expect((await it.fetch("/x86_64/foo-1.0-1-x86_64.pkg.tar.gz")).status).toBe(200);
});

test("a missing member is refused", async () => {
  await using it = await setup();

  await it.publish({ promised: { pkgnames: ["foo", "foo-docs"] } });

  expect(refusals(it)).toEqual([
    "no package foo-docs was built; nothing of foo is in the repository",
  ]);
});

test("a name that another package publishes is refused", async () => {
  await using it = await setup(["foo", "bar"]);
  await it.publish({ pkgbase: "bar" });

  await it.publish({ pkgbase: "foo", pkgnames: ["bar"] });

  expect(refusals(it)).toEqual([
    "bar is published by bar already; remove that first; nothing of foo is in the repository",
  ]);
});

test("what is no package file is refused", async () => {
  await using it = await setup();
  const build = await makeBuild(it.world);
  const { sha256, bytes } = await it.world.blobs.put(Buffer.from("#!/bin/sh\n"));
  await it.world.state.write(
    async (tx) => void (await tx.update(buildArtifacts).set({ sha256, bytes })),
  );

  await it.world.publish(publishRequested, { build });

  expect(refusals(it)).toEqual([
    "foo-1.0-1-x86_64.pkg.tar.gz cannot be read: expected an archive in gzip, zstd or plain tar, not something else; nothing of foo is in the repository",
  ]);
});

test("a package that was removed meanwhile is refused", async () => {
  await using it = await setup();
  await it.world.state.write(async (tx) => void (await tx.update(packages).set({ removedAt: 1 })));

  await it.publish();

  expect(refusals(it)).toEqual([
    "the package has been removed; nothing of foo is in the repository",
  ]);
  expect(await it.entries()).toEqual([]);
});

test("a build of an earlier package of that name is refused", async () => {
  await using it = await setup();
  await deletePackage(it.world.state, "foo");
  const build = await makeBuild(it.world);
  await insertPackage(it.world.state, "foo", { addedAt: it.world.now() + 1 });

  await it.world.publish(publishRequested, { build });

  expect(refusals(it)).toEqual([
    "the package has been removed; nothing of foo is in the repository",
  ]);
});

test("a build that has ended otherwise is not published, and nothing is said of it", async () => {
  await using it = await setup();
  const build = await makeBuild(it.world);
  await it.world.state.write(
    async (tx) => void (await tx.update(builds).set({ state: "cancelled" })),
  );

  await it.world.publish(publishRequested, { build });

  expect(refusals(it)).toEqual([]);
  expect(await it.world.state.read.$count(publications)).toBe(0);
});

test("a damaged package file is neither signed nor published", async () => {
  await using it = await setup();
  const build = await makeBuild(it.world);
  const [row] = await it.world.state.read.select().from(buildArtifacts);
  const path = it.world.blobs.placeOf(row?.sha256 ?? "");
  const bytes = await readFile(path);
  bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);

  await it.world.publish(publishRequested, { build });

  expect(refusals(it)).toEqual([expect.stringMatching(/^foo-1.0-1-x86_64\S+ cannot be read: .+/)]);
  expect(await it.world.state.read.$count(artifacts)).toBe(0);
});

test("what is served already is said to be published when its request is given up", async () => {
  await using it = await setup();
  const build = await it.publish();

  await giveUp(it.context, { build, pkgrel: null }, new TypeError("bug"));
  await it.world.settled();

  expect(refusals(it)).toEqual([]);
  expect(it.world.bus.sent(repoPublished).map((said) => said.build)).toEqual([build, build]);
});

test("a reason without end is cut, so that it can be said", async () => {
  await using it = await setup();

  await it.publish({
    made: { version: `${"1".repeat(1_000_000)}-1`, filename: "foo-1.0-1-x86_64.pkg.tar.gz" },
  });

  const [reason] = refusals(it);
  expect(reason).toMatch(
    /^foo-1.0-1-x86_64\S+ is version 1+; nothing of foo is in the repository$/,
  );
  expect(reason?.length).toBeLessThan(11_000);
});
