import * as v from "valibot";
import { expect, test } from "vitest";
import { reading } from "#shared/metrics/declare.ts";
import { Pkgbase } from "#shared/model.ts";
import { publishedBytes, publishedPackages } from "../../../services/repo/metrics.ts";
import { showSize } from "../../../services/repo/show-size.ts";
import { insertPublished } from "../../support/api.ts";
import { makeWorld } from "../../support/world.ts";

test("the repository shows how many packages it has, and their bytes", async () => {
  await using world = await makeWorld();
  const empty = await showSize(world);
  for (const name of ["app", "lib"]) await insertPublished(world, v.parse(Pkgbase, name));

  const full = await showSize(world);

  expect([empty, full]).toEqual([
    [reading(publishedPackages, {}, 0), reading(publishedBytes, {}, 0)],
    [reading(publishedPackages, {}, 2), reading(publishedBytes, {}, 2)],
  ]);
});
