import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { buildPending, sessionOrdered } from "#shared/messages/build.ts";
import { parseConfig } from "#shared/service/config.ts";
import { start } from "#shared/service/start.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { schedulerTicks } from "#shared/state/recovery.ts";
import { buildRevisions } from "#shared/state/revisions.ts";
import { days } from "#shared/time.ts";
import { Config, type Scheduler } from "../../../services/scheduler/context.ts";
import { schedules } from "../../../services/scheduler/schedules.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertBuildOf } from "../../support/api.ts";
import { hidePackage, insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

type Row = Partial<typeof packages.$inferInsert>;

const daily = "0 0 0 * * *";
const hourly = "0 0 * * * *";

/** These packages, and a scheduler that does nothing by itself. */
const setup = async (
  rows: Readonly<Record<string, Row>>,
  environment: Readonly<Record<string, string>> = {},
) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const ids = new Map<string, Awaited<ReturnType<typeof insertPackage>>["pkgbase"]>();
  for (const [name, row] of Object.entries(rows)) {
    const { pkgbase } = await insertPackage(world.state, name);
    ids.set(name, pkgbase);
    await world.state.write(async (transaction) => {
      await transaction
        .update(packages)
        .set({ enabled: true, ...row })
        .where(eq(packages.pkgbase, pkgbase));
    });
  }
  const seen: Scheduler[] = [];
  const open: typeof scheduler.open = async (base) => {
    const opened = await scheduler.open(base);
    seen.push({ ...base, ...opened });
    return opened;
  };
  const consumes = scheduler.consumes?.filter(({ message }) => message === sessionOrdered) ?? [];
  const idle = { ...scheduler, open, consumes, reconciles: [], crons: [] };
  stack.use(await start(idle, environment, world));
  const [context] = seen;
  if (!context) throw new Error("the scheduler was not opened");
  const resources = stack.move();
  return {
    world,
    inForce: async () => [...(await schedules.schedules(context))].sort(),
    tick: async (...expressions: string[]) => {
      await context.state.write((transaction) =>
        schedules.tick(context, transaction, new Set(expressions)),
      );
      await world.settled();
    },
    ordered: async () => world.state.read.select().from(sessions),
    built: async () => {
      const rows = await world.state.read.select().from(builds).orderBy(builds.pkgbase);
      return rows.map(({ pkgbase }) => pkgbase);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("the schedules in force are those of the enabled packages, their own or the default ones", async () => {
  const environment = { SCHEDULE: daily, SCHEDULE_DEVEL: hourly };
  await using it = await setup(
    {
      plain: {},
      devel: { devel: true },
      own: { schedule: "0 30 4 * * *" },
      off: { schedule: "0 0 5 * * *", enabled: false },
      gone: { schedule: "0 0 6 * * *", removedAt: 1 },
    },
    environment,
  );

  expect(new Set(await it.inForce())).toEqual(new Set([daily, hourly, "0 30 4 * * *"]));
});

test("under SCHEDULING_DISABLED no schedule is in force", async () => {
  await using it = await setup({ plain: {} }, { SCHEDULING_DISABLED: "true" });

  expect(await it.inForce()).toEqual([]);
});

test("a tick orders, as one session, the enabled packages of its schedules that are not being built", async () => {
  await using it = await setup({
    plain: {},
    own: { schedule: hourly },
    later: { schedule: "0 30 4 * * *" },
    off: { enabled: false },
    gone: { removedAt: 1 },
  });
  const { pkgbase } = await insertPackage(it.world.state, "busy");
  await insertBuildOf(it.world, pkgbase, { state: "running" });
  await insertBuildOf(it.world, (await insertPackage(it.world.state, "failed")).pkgbase, {
    state: "failure",
  });

  await it.tick(daily, hourly);

  const scheduled = (await it.ordered()).filter(({ reason }) => reason === "schedule");
  expect(scheduled).toMatchObject([{ resolve: true, force: false }]);
  const pending = it.world.bus.sent(buildPending).map((sent) => sent.pkgbase);
  expect(pending).toEqual(["failed", "own", "plain"]);
  expect(await it.built()).toEqual(["busy", "failed", "failed", "own", "plain"]);
  expect(await it.world.state.read.select().from(buildRevisions)).toMatchObject([{ id: 1 }]);
});

test("a tick that finds nothing to order orders nothing", async () => {
  await using it = await setup({ plain: {} });
  await hidePackage(it.world.state, "plain");

  await it.tick(daily);

  expect([await it.ordered(), it.world.bus.sent(buildPending)]).toEqual([[], []]);
});

test("a new installation builds nothing at its start; a scheduler that comes back makes up for one missed tick", async () => {
  await using world = await makeWorld();
  await insertPackage(world.state, "foo");
  const life = async (until: () => Promise<void>) => {
    await using _ = await start(scheduler, {}, world);
    await until();
  };
  const name = `schedule: ${daily}`;
  const ticks = () =>
    world.state.read.select().from(schedulerTicks).where(eq(schedulerTicks.name, name));

  await life(() => expect.poll(ticks).toEqual([{ name, firedAt: world.now() }]));
  const before = await world.state.read.$count(sessions);
  world.clock.at += days(3) + 1;
  await life(() => expect.poll(() => world.state.read.$count(sessions)).toBe(1));
  await life(() =>
    expect.poll(ticks).toEqual([{ name: `schedule: ${daily}`, firedAt: world.now() - 1 }]),
  );

  expect([before, await world.state.read.$count(sessions)]).toEqual([0, 1]);
});

test("the scheduler's Config has serene's defaults", () => {
  expect(parseConfig(Config, {})).toMatchObject({ SCHEDULE: daily, SCHEDULING_DISABLED: false });
});
