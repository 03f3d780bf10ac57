import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded } from "#shared/messages/build.ts";
import { Pkgbase } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { dropBuild } from "../../../services/scheduler/drop-build.ts";
import { insertBuildOf } from "../../support/api.ts";
import { makeWorld } from "../../support/world.ts";

test.each([
  ["pending", ["current"], 0],
  ["running", [], 1],
] as const)("a build that is %s is said to be %j, and %i stay", async (state, said, stay) => {
  await using world = await makeWorld();
  const pkgbase = v.parse(Pkgbase, "app");
  const id = await insertBuildOf(world, pkgbase, { state });

  await dropBuild(world, { id, pkgbase, arch: "x86_64" });

  expect(world.bus.sent(buildEnded).map((it) => it.state)).toEqual(said);
  expect(await world.state.read.$count(builds)).toBe(stay);
});
