import { expect, test } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import { rebuildEnded } from "#shared/messages/rebuild.ts";
import { rebuilds } from "#shared/state/rebuilds.ts";
import { hidePackage } from "../../support/rows.ts";
import { startVerifier } from "../../support/verifier.ts";

test("the rebuilds of a removed package end before they are forgotten", async () => {
  await using it = await startVerifier();
  const { rebuild } = await it.order();
  await hidePackage(it.world.state, "app");

  await it.world.publish(packageRemoved, { pkgbase: it.pkgbase, at: 1 });

  expect(it.world.bus.sent(rebuildEnded)).toMatchObject([
    { rebuild, status: "FAIL", message: "the package was removed" },
  ]);
  expect(await it.world.state.read.$count(rebuilds)).toBe(0);
});
