import * as v from "valibot";
import { expect, test } from "vitest";
import { Pkgbase } from "#shared/model.ts";
import { showPackages } from "../../../services/api/show-packages.ts";
import { insertBuildOf } from "../../support/api.ts";
import { hidePackage, insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const named = (name: string) => v.parse(Pkgbase, name);

/** Three packages, one of them never built, and one that is being removed. */
const setup = async () => {
  const world = await makeWorld();
  for (const name of ["app", "lib", "new", "gone"]) await insertPackage(world.state, name);
  await insertBuildOf(world, named("app"), { state: "failure", startedAt: 0, endedAt: 9_000 });
  await insertBuildOf(world, named("app"), { state: "success", startedAt: 1_500, endedAt: 4_000 });
  await insertBuildOf(world, named("lib"), { state: "running", startedAt: 2_000 });
  await insertBuildOf(world, named("gone"), { state: "success", startedAt: 0, endedAt: 1_000 });
  await hidePackage(world.state, "gone");
  return {
    show: async (readable: boolean) => {
      const readings = await showPackages({ ...world, config: { ALLOW_READS: readable } });
      return readings.map(({ gauge, labels, value }) => [gauge.name, labels, value]);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test("each package shows its newest build", async () => {
  await using it = await setup();

  expect(await it.show(true)).toEqual([
    ["kiln_package_build_state", { pkgbase: "app", state: "success" }, 1],
    ["kiln_package_build_ended_timestamp_seconds", { pkgbase: "app" }, 4],
    ["kiln_package_build_duration_seconds", { pkgbase: "app" }, 2.5],
    ["kiln_package_build_state", { pkgbase: "lib", state: "running" }, 1],
  ]);
});

test("where reading takes a secret, no package shows", async () => {
  await using it = await setup();

  expect(await it.show(false)).toEqual([]);
});
