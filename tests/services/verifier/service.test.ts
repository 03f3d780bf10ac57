import { chmod, rm, writeFile } from "node:fs/promises";
import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import {
  orderRebuild,
  type RebuildOutcome,
  rebuildEnded,
  rebuildFinished,
  rebuildPending,
  rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { repoPublished } from "#shared/messages/repo.ts";
import { BuilderName, BuildId, Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { publications } from "#shared/state/repo.ts";
import { minutes } from "#shared/time.ts";
import { verifier } from "../../../services/verifier/service.ts";
import { buildinfoOf, epoch, publishPackage } from "../../support/published.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const log = { sha256: "d".repeat(64), bytes: 3 };

const builder = v.parse(BuilderName, "host-b");

/** A verifier, and a published package of what it is told. */
const setup = async ({
  environment = {},
  ...options
}: Parameters<typeof publishPackage>[2] & {
  environment?: Readonly<Record<string, string>>;
} = {}) => {
  const world = await makeWorld();
  const published = await publishPackage(world, "app", options);
  const running = await start(verifier, environment, world);
  const { pkgbase, build, files } = published;
  const say = () =>
    world.publish(repoPublished, {
      ...{ build, pkgbase, arch: "x86_64", generation: 1, at: world.now() },
      packages: [],
    });
  const order = () => world.ask(orderRebuild, { pkgbase });
  const requested = () => {
    const request = world.bus.sent(rebuildRequested).at(-1);
    if (!request) throw new Error("no rebuild was requested");
    return request;
  };
  const finish = (outcome: RebuildOutcome) => {
    const { rebuild, arch } = requested();
    const by = { builder, startedAt: 5, at: world.now(), log };
    return world.publish(rebuildFinished, { rebuild, pkgbase, arch, ...by, outcome });
  };
  /** Tells that these files were made, of the content given or of that published. */
  const finishWith = async (contents: Readonly<Record<string, string | undefined>> = {}) => {
    const artifacts = [];
    for (const { filename, content, blob } of files) {
      const other = contents[filename];
      if (filename in contents && other === undefined) continue;
      const made = other === undefined ? content : Buffer.concat([content, Buffer.from(other)]);
      artifacts.push({ filename, blob: other === undefined ? blob : await world.blobs.put(made) });
    }
    await finish({ kind: "rebuilt", artifacts });
  };
  const verdicts = async () => {
    const rows = await world.state.read.select().from(rebuilds);
    return rows.map(({ status, message }) => [status, message]);
  };
  return {
    ...{ world, ...published, say, order, requested, finish, finishWith, verdicts },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
};

type Setup = Awaited<ReturnType<typeof setup>>;

const damage = async ({ world, files }: Setup, index = 0) => {
  const { content, blob } = files[index] ?? { content: Buffer.alloc(0), blob: { sha256: "" } };
  const other = Buffer.from(content);
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  const place = world.blobs.placeOf(blob.sha256);
  await chmod(place, 0o644);
  await writeFile(place, other);
};

const app = "app-1-1-any.pkg.tar.gz";

test("what was published is asked for again, with everything pinned as it was", async () => {
  const lib = { filename: "lib-3-1-any.pkg.tar.zst", content: "lib" };
  await using it = await setup({
    installed: ["glibc-2.38-1-x86_64", "lib-3-1-any"],
    seen: [lib, { filename: "unused-1-1-any.pkg.tar.zst", content: "unused" }],
  });

  await it.say();

  const request = it.requested();
  expect(request).toEqual({
    rebuild: expect.any(String),
    arch: "x86_64",
    pkgbase: "app",
    source: it.source,
    buildinfo: request.buildinfo,
    sourceDateEpoch: epoch,
    own: [it.repository?.packages[0]],
    hasSources: true,
    flags: ["nocheck"],
    prepare: "true",
    builtBy: "host-a",
  });
  const buildinfo = await it.world.blobs.bytes(request.buildinfo.sha256);
  expect(Buffer.from(buildinfo).toString()).toBe(
    buildinfoOf("app", "1-1", ["glibc-2.38-1-x86_64", "lib-3-1-any"]),
  );
});

test("what a build saw without its repository's doing is found by its name, among what kiln built", async () => {
  await using it = await setup({ installed: ["tool-2-1-any"] });
  const tool = await publishPackage(it.world, "tool", { version: "2-1" });

  await it.order();

  const [file] = tool.files;
  expect(it.requested().own).toEqual([{ filename: file?.filename, blob: file?.blob }]);
});

test("a publication that is told twice is rebuilt once", async () => {
  await using it = await setup();

  await it.say();
  await it.say();
  await it.finishWith();
  await it.say();

  expect(await it.verdicts()).toEqual([["GOOD", null]]);
});

test.each([
  ["REBUILD_PUBLISHED is false", { environment: { REBUILD_PUBLISHED: "false" } }],
  ["it was published anew since", { newer: true }],
  ["it is being removed", { hidden: true }],
])("nothing is rebuilt when %s", async (_why, { environment = {}, newer, hidden }: Why) => {
  await using it = await setup({ environment });
  const build = v.parse(BuildId, crypto.randomUUID());
  if (newer) await it.world.state.write((tx) => tx.update(publications).set({ build }));
  if (hidden) await hidePackage(it.world.state, "app");

  await it.say();

  expect(await it.verdicts()).toEqual([]);
});

type Why = { environment?: Record<string, string>; newer?: boolean; hidden?: boolean };

test("an order is answered when its row is there; one more while it waits is the same", async () => {
  await using it = await setup();

  const first = await it.order();
  const second = await it.order();
  await it.finishWith();
  const third = await it.order();

  expect(second).toEqual(first);
  expect(third).not.toEqual(first);
  const rows = await it.world.state.read.select().from(rebuilds).orderBy(rebuilds.orderedAt);
  expect(rows.map(({ id, reason, status }) => [id, reason, status])).toEqual([
    [first.rebuild, "manual", "GOOD"],
    [third.rebuild, "manual", null],
  ]);
});

test.each([
  ["nowhere", "package with base nowhere is not added"],
  ["unbuilt", "nothing of package unbuilt is published to be rebuilt"],
])("an order of %s is refused: %s", async (name, message) => {
  await using it = await setup();
  await insertPackage(it.world.state, "unbuilt");

  const order = it.world.ask(orderRebuild, { pkgbase: v.parse(Pkgbase, name) });

  await expect(order).rejects.toThrow(message);
});

test("equal bytes are GOOD, and it is said and written who made them", async () => {
  await using it = await setup({ pkgnames: ["app", "app-docs"] });
  await it.say();

  await it.finishWith();

  const artifacts = it.files.map(({ filename }) => ({ filename, status: "GOOD" }));
  expect(it.world.bus.sent(rebuildEnded)).toEqual([
    {
      ...{ rebuild: it.requested().rebuild, pkgbase: "app", arch: "x86_64", build: it.build },
      ...{ at: it.world.now(), status: "GOOD", message: null, artifacts },
    },
  ]);
  expect(await it.world.state.read.select().from(rebuilds)).toMatchObject([
    { status: "GOOD", builder, startedAt: 5, endedAt: it.world.now(), logSha256: log.sha256 },
  ]);
});

test("a file that differs, or was not made, makes it BAD, and is named", async () => {
  await using it = await setup({ pkgnames: ["app", "app-docs", "app-libs"] });
  await it.say();

  await it.finishWith({
    "app-docs-1-1-any.pkg.tar.gz": "x",
    "app-libs-1-1-any.pkg.tar.gz": undefined,
  });

  const length = it.files[1]?.content.length;
  const message = `app-docs-1-1-any.pkg.tar.gz differs from byte ${length} on; app-libs-1-1-any.pkg.tar.gz was not made again`;
  expect(await it.verdicts()).toEqual([["BAD", message]]);
  const rows = await it.world.state.read.select().from(rebuildArtifacts);
  expect(rows.map(({ filename, status }) => [filename, status])).toEqual([
    [app, "GOOD"],
    ["app-docs-1-1-any.pkg.tar.gz", "BAD"],
    ["app-libs-1-1-any.pkg.tar.gz", "BAD"],
  ]);
});

test("a served file with one bit flipped is BAD, before anything is made in its place", async () => {
  await using it = await setup();
  await damage(it);

  await it.order();

  expect(await it.verdicts()).toEqual([
    ["BAD", expect.stringMatching(/^app-1-1-any.pkg.tar.gz is not as it was built: it hashes to/)],
  ]);
  expect(it.world.bus.sent(rebuildRequested)).toEqual([]);
});

test("a served file that is changed while it is rebuilt is BAD too", async () => {
  await using it = await setup();
  await it.order();
  await damage(it);

  await it.finish({ kind: "rebuilt", artifacts: [] });

  expect(await it.verdicts()).toEqual([
    ["BAD", expect.stringMatching(/^app-1-1-any.pkg.tar.gz is not as it was built/)],
  ]);
});

test("a served file that is gone is BAD", async () => {
  await using it = await setup();
  await rm(it.world.blobs.placeOf(it.files[0]?.blob.sha256 ?? ""));

  await it.order();

  expect(await it.verdicts()).toEqual([["BAD", `${app} is not there any more`]]);
});

test("a rebuild that cannot be carried through is FAIL, and nothing is known of its files", async () => {
  await using it = await setup();
  await it.say();

  await it.finish({ kind: "broken", step: "installed", message: "nobody has gcc-1-1-x86_64" });

  expect(it.world.bus.sent(rebuildEnded)).toMatchObject([
    {
      status: "FAIL",
      message: "nobody has gcc-1-1-x86_64",
      artifacts: [{ filename: app, status: "UNKWN" }],
    },
  ]);
});

test("the first verdict stands, and is said again when its message comes again", async () => {
  await using it = await setup();
  await it.say();

  await it.finishWith();
  await it.finish({ kind: "failed", step: "build", exitCode: 4 });

  expect(await it.verdicts()).toEqual([["GOOD", null]]);
  expect(it.world.bus.sent(rebuildEnded).map(({ status }) => status)).toEqual(["GOOD", "GOOD"]);
});

test("a verifier that starts says again what nobody may be working on", async () => {
  await using it = await setup();
  await it.say();

  await using _ = await start(verifier, {}, it.world);

  await vi.waitFor(() => expect(it.world.bus.sent(rebuildRequested)).toHaveLength(2));
});

test("a rebuild whose message is gone is pinned after a minute", async () => {
  await using world = await makeWorld();
  const { pkgbase } = await publishPackage(world, "app");
  const { consumes: _, ...deaf } = verifier;
  await using before = await start(deaf, {}, world);
  await world.ask(orderRebuild, { pkgbase });
  await before[Symbol.asyncDispose]();
  world.clock.at += minutes(1);

  await using _again = await start(verifier, {}, world);

  await vi.waitFor(() => expect(world.bus.sent(rebuildRequested)).toHaveLength(1));
  expect(world.bus.sent(rebuildPending)).toHaveLength(1);
});

test("a removed package takes its rebuilds along, and ends those under way", async () => {
  await using it = await setup();
  await it.say();
  await hidePackage(it.world.state, "app");

  await it.world.publish(packageRemoved, { pkgbase: it.pkgbase, at: 1 });
  await it.finishWith();

  expect(await it.verdicts()).toEqual([]);
  expect(await it.world.state.read.$count(rebuildArtifacts)).toBe(0);
  expect(it.world.bus.sent(rebuildEnded).map(({ status, message }) => [status, message])).toEqual([
    ["FAIL", "the package was removed"],
  ]);
});

test("of a package that was added again, only the rebuilds before that go", async () => {
  await using it = await setup();
  await it.say();
  await it.finishWith();
  await deletePackage(it.world.state, "app");
  await insertPackage(it.world.state, "app", { addedAt: it.world.now() + 5 });
  it.world.clock.at += 10;
  const { rebuild } = await it.order();

  await it.world.publish(packageRemoved, { pkgbase: it.pkgbase, at: it.world.now() });

  const rows = await it.world.state.read.select().from(rebuilds);
  expect(rows.map(({ id }) => id)).toEqual([rebuild]);
});
