import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import {
  orderRebuild,
  rebuildEnded,
  rebuildPending,
  rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { publications } from "#shared/state/repo.ts";
import { minutes } from "#shared/time.ts";
import { verifier } from "../../../services/verifier/service.ts";
import { buildinfoOf, epoch, publishPackage } from "../../support/published.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";
import { startVerifier } from "../../support/verifier.ts";
import { makeWorld } from "../../support/world.ts";

test("what was published is asked for again, with everything pinned as it was", async () => {
  const lib = { filename: "lib-3-1-any.pkg.tar.zst", content: "lib" };
  await using it = await startVerifier({
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
    extension: ".pkg.tar.gz",
    own: [it.repository?.packages[0]],
    hasSources: true,
    flags: ["nocheck"],
    prepare: "true",
    keys: [{ fingerprint: "A".repeat(40), armoured: "KEY" }],
    builtBy: "host-a",
    pkgrel: null,
  });
  const buildinfo = await it.world.blobs.bytes(request.buildinfo.sha256);
  expect(Buffer.from(buildinfo).toString()).toBe(
    buildinfoOf("app", "1-1", ["glibc-2.38-1-x86_64", "lib-3-1-any"]),
  );
});

test("what a build saw without its repository's doing is found by its name, among what kiln built", async () => {
  await using it = await startVerifier({ installed: ["tool-2-1-any"] });
  const tool = await publishPackage(it.world, "tool", { version: "2-1" });

  await it.order();

  const [file] = tool.files;
  expect(it.requested().own).toEqual([{ filename: file?.filename, blob: file?.blob }]);
});

test("a publication that is told twice is rebuilt once", async () => {
  await using it = await startVerifier();

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
  await using it = await startVerifier({ environment });
  const build = v.parse(BuildId, crypto.randomUUID());
  if (newer) await it.world.state.write((tx) => tx.update(publications).set({ build }));
  if (hidden) await hidePackage(it.world.state, "app");

  await it.say();

  expect(await it.verdicts()).toEqual([]);
});

type Why = { environment?: Record<string, string>; newer?: boolean; hidden?: boolean };

test("an order is answered when its row is there; one more while it waits is the same", async () => {
  await using it = await startVerifier();

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
  await using it = await startVerifier();
  await insertPackage(it.world.state, "unbuilt");

  const order = it.world.ask(orderRebuild, {
    pkgbase: v.parse(Pkgbase, name),
    rebuild: crypto.randomUUID(),
  });

  await expect(order).rejects.toThrow(message);
});

test("a verifier that starts says again what nobody may be working on", async () => {
  await using it = await startVerifier();
  await it.say();

  await using _ = await start(verifier, {}, it.world);

  await vi.waitFor(() => expect(it.world.bus.sent(rebuildRequested)).toHaveLength(2), {
    timeout: 15_000,
  });
});

test("a rebuild whose message is gone is pinned after a minute", async () => {
  await using world = await makeWorld();
  const { pkgbase } = await publishPackage(world, "app");
  const { consumes: _, ...deaf } = verifier;
  await using before = await start(deaf, {}, world);
  await world.ask(orderRebuild, { pkgbase, rebuild: crypto.randomUUID() });
  await before[Symbol.asyncDispose]();
  world.clock.at += minutes(1);

  await using _again = await start(verifier, {}, world);

  await vi.waitFor(() => expect(world.bus.sent(rebuildRequested)).toHaveLength(1), {
    timeout: 15_000,
  });
  expect(world.bus.sent(rebuildPending)).toHaveLength(1);
});

test("a rebuild that cannot be pinned is given up where its message is gone, and holds up none behind it", async () => {
  await using world = await makeWorld();
  const { pkgbase: first } = await publishPackage(world, "app", { buildinfo: "" });
  const { pkgbase: second } = await publishPackage(world, "tool");
  const { consumes: _, ...deaf } = verifier;
  await using before = await start(deaf, {}, world);
  await world.ask(orderRebuild, { pkgbase: first, rebuild: crypto.randomUUID() });
  world.clock.at += 1;
  await world.ask(orderRebuild, { pkgbase: second, rebuild: crypto.randomUUID() });
  await before[Symbol.asyncDispose]();
  world.clock.at += minutes(1);

  await using _again = await start(verifier, {}, world);

  await vi.waitFor(() => expect(world.bus.sent(rebuildRequested)).toHaveLength(1), {
    timeout: 15_000,
  });
  expect(world.bus.sent(rebuildEnded)).toMatchObject([
    { status: "FAIL", message: "app-1-1-any.pkg.tar.gz has no .BUILDINFO" },
  ]);
});

test("a removed package takes its rebuilds along, and ends those under way", async () => {
  await using it = await startVerifier();
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

test("of a package that was added again, only the rebuilds before that go, whatever the clock says", async () => {
  await using it = await startVerifier();
  await it.say();
  await it.finishWith();
  await deletePackage(it.world.state, "app");
  await insertPackage(it.world.state, "app", { addedAt: it.world.now() + 5 });
  const { rebuild } = await it.order();

  await it.world.publish(packageRemoved, { pkgbase: it.pkgbase, at: it.world.now() });

  const rows = await it.world.state.read.select().from(rebuilds);
  expect(rows.map(({ id }) => id)).toEqual([rebuild]);
});

test("a verifier that cannot get at the files to compare is not ready", async () => {
  await using world = await makeWorld();
  const away = new Fault("unavailable", "the bucket does not answer");
  const blobs = { ...world.blobs, ping: () => Promise.reject(away) };

  await using it = await start(verifier, {}, { ...world, blobs });

  await expect(it.health()).rejects.toBe(away);
});
