import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { buildEnded, buildPending, buildRequested, buildStarted } from "#shared/messages/build.ts";
import { sessionEnded } from "#shared/messages/plan.ts";
import { publishRefused, publishRequested } from "#shared/messages/repo.ts";
import { Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { sources } from "#shared/state/sources.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertSource } from "../../support/rows.ts";
import { blob, built, idOf, startScheduler } from "../../support/scheduler.ts";

test("an order is answered when its rows are there, and each is said to be pending", async () => {
  await using it = await startScheduler({ lib: [] });

  const { builds: ordered } = await it.order(["lib", "lib"]);

  expect(it.world.bus.sent(buildPending)).toEqual([
    { build: idOf(ordered, "lib"), pkgbase: "lib", arch: "x86_64", at: it.world.now() },
  ]);
  expect(it.requested()).toEqual(["lib"]);
});

test("an unknown package is refused with serene's words, and nothing of the order is kept", async () => {
  await using it = await startScheduler({ lib: [] });

  await expect(it.order(["lib", "nowhere"])).rejects.toThrow(
    "package with base nowhere is not added",
  );

  expect(await it.states()).toEqual({});
});

test("a dependent is asked for when its dependency is published, not before", async () => {
  await using it = await startScheduler({ app: ["lib"], lib: [] });
  const { builds: ordered } = await it.order(["app", "lib"]);
  const lib = idOf(ordered, "lib");

  await it.world.publish(buildStarted, it.told(lib));
  await it.finish(lib, built);
  const before = it.requested();
  await it.publish(lib);

  expect(before).toEqual(["lib"]);
  expect(it.requested()).toEqual(["lib", "app"]);
  expect(await it.states()).toEqual({ lib: "success", app: "requested" });
});

test("what was built is written before it is to be published", async () => {
  await using it = await startScheduler({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);

  await it.finish(idOf(ordered, "lib"), built);

  expect(it.world.bus.sent(publishRequested)).toEqual([
    { build: idOf(ordered, "lib"), pkgbase: "lib", pkgrel: null },
  ]);
  expect(await it.world.state.read.select().from(buildArtifacts)).toEqual([
    { build: idOf(ordered, "lib"), filename: "lib-1-1-any.pkg.tar.zst", ...blob },
  ]);
});

test("a failure cancels what waits for it", async () => {
  await using it = await startScheduler({ app: ["lib"], lib: [], free: [] });
  const { builds: ordered } = await it.order(["app", "lib", "free"]);

  await it.finish(idOf(ordered, "lib"), { kind: "failed", step: "build", exitCode: 4 });

  expect(await it.states()).toEqual({ lib: "failure", app: "cancelled", free: "requested" });
  expect(it.world.bus.sent(buildEnded).map(({ pkgbase, message }) => [pkgbase, message])).toEqual([
    ["lib", "building failed with exit code 4"],
    ["app", "failed to build dependency lib successfully"],
  ]);
});

test("the end of a build told twice ends it once, and a second end changes nothing", async () => {
  await using it = await startScheduler({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);
  const lib = idOf(ordered, "lib");

  await it.finish(lib, built);
  await it.publish(lib);
  await it.publish(lib);
  await it.finish(lib, { kind: "failed", step: "build", exitCode: 4 });

  expect(await it.states()).toEqual({ lib: "success" });
});

test("what the repository refuses is fatal, with its reason", async () => {
  await using it = await startScheduler({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);
  const lib = idOf(ordered, "lib");
  await it.finish(lib, built);

  await it.world.publish(publishRefused, { build: lib, pkgbase: "lib", message: "no", at: 1 });

  const rows = await it.world.state.read.select().from(builds);
  expect(rows).toMatchObject([{ state: "fatal", progress: "publish", message: "no" }]);
});

test("what is up to date is said to be so, and leaves no build behind", async () => {
  await using it = await startScheduler({ lib: [] }, ["lib"]);

  await it.order(["lib"], false);

  expect(it.world.bus.sent(buildEnded)).toMatchObject([{ pkgbase: "lib", state: "current" }]);
  expect(await it.states()).toEqual({});
});

test("a second order of a package waits for the first", async () => {
  await using it = await startScheduler({ lib: [] });
  const first = await it.order(["lib"]);
  const second = await it.order(["lib"]);

  const before = it.requested();
  await it.finish(idOf(first.builds, "lib"), { kind: "failed", step: "build", exitCode: 4 });

  expect(before).toEqual(["lib"]);
  expect(it.world.bus.sent(buildRequested).map(({ build }) => build)).toEqual([
    idOf(first.builds, "lib"),
    idOf(second.builds, "lib"),
  ]);
});

test("a scheduler that starts says again what nobody may be working on", async () => {
  await using it = await startScheduler({ app: ["lib"], lib: [] });
  const { builds: ordered } = await it.order(["app", "lib"]);
  await it.finish(idOf(ordered, "lib"), built);

  await using _ = await start(scheduler, {}, it.world);

  await vi.waitFor(() => expect(it.world.bus.sent(publishRequested)).toHaveLength(2), {
    timeout: 15_000,
  });
});

test("a build is made of the source that the order names, as old as that recipe", async () => {
  await using it = await startScheduler({ app: [] });
  const { state } = it.world;
  const older = await insertSource(state, "app", { sourceState: "older", at: 1_700_000_000_000 });
  await insertSource(state, "app", { sourceState: "newest", at: 1_700_000_001_000 });

  await it.order(["app"], true, { app: older.source });

  const [row] = await state.read.select().from(builds);
  expect(row).toMatchObject({ source: older.source, sourceState: "older", state: "requested" });
  expect(row?.request?.sourceDateEpoch).toBe(1_700_000_000);
});

test("an order that names a source of another package, or one that is gone, orders nothing", async () => {
  await using it = await startScheduler({ app: [], lib: [] });
  const { source } = await insertSource(it.world.state, "lib");

  const refused = it.order(["app"], true, { app: source });

  await expect(refused).rejects.toMatchObject({
    kind: "missing",
    message: `package app has no source ${source}`,
  });
  expect(await it.states()).toEqual({});
});

test("a build whose source was deleted since it was planned ends, and says so", async () => {
  await using it = await startScheduler({ app: ["lib"], lib: [] });
  const { builds: ordered } = await it.order(["app", "lib"]);
  await it.world.state.write((tx) =>
    tx.delete(sources).where(eq(sources.pkgbase, v.parse(Pkgbase, "app"))),
  );

  await it.finish(idOf(ordered, "lib"), built);
  await it.publish(idOf(ordered, "lib"));

  const rows = await it.world.state.read.select().from(builds).orderBy(builds.pkgbase);
  expect(rows.map(({ state, message }) => ({ state, message }))).toEqual([
    {
      state: "fatal",
      message: "no source of app is kept that could be built; order it again",
    },
    { state: "success", message: null },
  ]);
});

test("a session ends with its last build, and once", async () => {
  await using it = await startScheduler({ lib: [], free: [] });
  const { session, builds: ordered } = await it.order(["lib", "free"]);
  const failed = { kind: "failed", step: "build", exitCode: 4 } as const;

  await it.finish(idOf(ordered, "lib"), failed);
  const before = it.world.bus.sent(sessionEnded);
  await it.finish(idOf(ordered, "free"), failed);
  await it.finish(idOf(ordered, "free"), failed);

  expect(before).toEqual([]);
  expect(it.world.bus.sent(sessionEnded)).toEqual([{ session, at: it.world.now() }]);
});

test("a session whose packages are all up to date ends when it is planned", async () => {
  await using it = await startScheduler({ lib: [] }, ["lib"]);

  const { session } = await it.order(["lib"], false);

  expect(it.world.bus.sent(sessionEnded)).toEqual([{ session, at: it.world.now() }]);
});
