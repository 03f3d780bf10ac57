import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { Pkgbase } from "#shared/model.ts";
import { endBuild } from "../../../services/scheduler/end-build.ts";
import { buildsEnded } from "../../../services/scheduler/metrics.ts";
import { insertBuildOf } from "../../support/api.ts";
import { makeWorld } from "../../support/world.ts";

test("a build that is ended twice is counted once, as it ended first", async () => {
  await using world = await makeWorld();
  const build = await insertBuildOf(world, v.parse(Pkgbase, "app"), { state: "running" });

  await endBuild(world, build, ["running"], { state: "failure", message: "no" });
  await endBuild(world, build, ["running"], { state: "success" });

  expect(world.measure.of(buildsEnded)).toEqual([{ labels: { state: "failure" }, value: 1 }]);
  expect(world.bus.sent(buildEnded).map(({ state }) => state)).toEqual(["failure", "failure"]);
});
