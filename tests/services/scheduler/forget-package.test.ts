import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds } from "#shared/state/builds.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuildOf } from "../../support/api.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";
import { idOf, startScheduler } from "../../support/scheduler.ts";
import { makeWorld } from "../../support/world.ts";

test("the builds of a removed package end before they are forgotten, those that had ended silently", async () => {
  await using world = await makeWorld();
  const pkgbase = v.parse(Pkgbase, "app");
  await insertBuildOf(world, pkgbase, { state: "failure", message: null });
  const build = await insertBuildOf(world, pkgbase, { state: "publishing" });
  await using _ = await start(scheduler, {}, world);

  await world.publish(packageRemoved, { pkgbase, at: 1 });

  expect(world.bus.sent(buildEnded)).toMatchObject([
    { build, state: "cancelled", message: "the package was removed" },
  ]);
  expect(await world.state.read.$count(builds)).toBe(0);
});

test("a removed package takes its builds along", async () => {
  await using it = await startScheduler({ app: ["lib"], lib: [] });
  await it.order(["app", "lib"]);
  await hidePackage(it.world.state, "lib");

  await it.world.publish(packageRemoved, { pkgbase: "lib", at: 1 });

  expect(await it.states()).toEqual({ app: "cancelled" });
  expect(it.world.bus.sent(buildEnded).map(({ pkgbase, state }) => [pkgbase, state])).toEqual([
    ["lib", "cancelled"],
    ["app", "cancelled"],
  ]);
});

test("of a package that was added again, only the builds before that go", async () => {
  await using it = await startScheduler({ lib: [] });
  await it.order(["lib"]);
  await deletePackage(it.world.state, "lib");
  const addedAt = it.world.now() + 5;
  await insertPackage(it.world.state, "lib", { addedAt });
  const { builds: ordered } = await it.order(["lib"]);

  await it.world.publish(packageRemoved, { pkgbase: "lib", at: addedAt + 5 });

  const rows = await it.world.state.read.select().from(builds);
  expect(rows).toMatchObject([{ id: idOf(ordered, "lib"), state: "requested" }]);
  expect(rows[0]?.orderedAt).toBeGreaterThanOrEqual(addedAt);
});

test("builds of before a removal that no message tells of any more go as well", async () => {
  await using world = await makeWorld();
  const gone = await insertBuildOf(world, v.parse(Pkgbase, "gone"), { state: "running" });
  await insertBuildOf(world, v.parse(Pkgbase, "again"), { state: "failure" });
  await insertPackage(world.state, "again", { addedAt: world.now() + 1 });
  const kept = await insertBuildOf(world, v.parse(Pkgbase, "again"), {
    state: "success",
    orderedAt: world.now() + 2,
  });

  await using _ = await start(scheduler, {}, world);

  const ids = async () => (await world.state.read.select().from(builds)).map(({ id }) => id);
  await expect.poll(ids, { timeout: 15_000 }).toEqual([kept]);
  await world.settled();
  expect(world.bus.sent(buildEnded)).toMatchObject([{ build: gone, state: "cancelled" }]);
});
