import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds } from "#shared/state/builds.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuildOf } from "../../support/api.ts";
import { makeWorld } from "../../support/world.ts";

test("an end that a scheduler wrote and died before it could say is said before it is forgotten", async () => {
  await using world = await makeWorld();
  const pkgbase = v.parse(Pkgbase, "app");
  const message = "the package was removed";
  await insertBuildOf(world, pkgbase, { state: "failure", message: null });
  const build = await insertBuildOf(world, pkgbase, { state: "cancelled", message });
  await using _ = await start(scheduler, {}, world);

  await world.publish(packageRemoved, { pkgbase, at: 1 });

  expect(world.bus.sent(buildEnded)).toMatchObject([{ build, state: "cancelled", message }]);
  expect(await world.state.read.$count(builds)).toBe(0);
});
