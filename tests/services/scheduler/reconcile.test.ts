import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { start } from "#shared/service/start.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { schedulerAttempts } from "#shared/state/recovery.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuildOf } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

test("a pending build that cannot be read fails its own step, so that it is given up in the end", async () => {
  await using world = await makeWorld();
  const { pkgbase } = await insertPackage(world.state, "app");
  const build = await insertBuildOf(world, pkgbase);
  await world.state.write(async (tx) => {
    await tx.update(sessions).set({ plannedAt: 1 });
    await tx.update(builds).set({ needs: sql`'no JSON'` }).where(eq(builds.id, build));
  });

  await using _ = await start(scheduler, {}, world);

  const failed = async () => world.state.read.select().from(schedulerAttempts);
  await expect
    .poll(failed, { timeout: 15_000 })
    .toMatchObject([{ reconcile: "waiting builds", row: build, failures: 1 }]);
});
