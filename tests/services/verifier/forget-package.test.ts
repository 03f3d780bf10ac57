import { expect, test } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import { rebuildEnded } from "#shared/messages/rebuild.ts";
import { rebuilds } from "#shared/state/rebuilds.ts";
import { hidePackage } from "../../support/rows.ts";
import { startVerifier } from "../../support/verifier.ts";

test("an end that a verifier wrote and died before it could say is said before it is forgotten", async () => {
  await using it = await startVerifier();
  const { rebuild } = await it.order();
  const message = "the package was removed";
  await it.world.state.write((tx) => tx.update(rebuilds).set({ status: "FAIL", message }));
  await hidePackage(it.world.state, "app");

  await it.world.publish(packageRemoved, { pkgbase: it.pkgbase, at: 1 });

  expect(it.world.bus.sent(rebuildEnded)).toMatchObject([{ rebuild, status: "FAIL", message }]);
  expect(await it.world.state.read.$count(rebuilds)).toBe(0);
});
