import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { buildEnded, buildRequested, orderBuilds } from "#shared/messages/build.ts";
import { planFinished, planRequested, sessionEnded } from "#shared/messages/plan.ts";
import { SessionId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds, sessionProblems } from "#shared/state/builds.ts";
import { sources } from "#shared/state/sources.ts";
import { finishPlan, type PlanEntry, writePlan } from "../../../services/resolver/store/plans.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertPackages, withoutMessages } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

/** Some packages and a scheduler, without a resolver. */
const setup = async (count: number, environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const names = Array.from({ length: count }, (_, at) => `p${String(at).padStart(4, "0")}`);
  const packages = await insertPackages(world.state, names);
  const rows = await world.state.read.select().from(sources);
  const found = new Map(rows.map(({ id, pkgbase }) => [pkgbase, id]));
  const services = stack.use(new AsyncDisposableStack());
  services.use(await start(scheduler, environment, world));
  const session = v.parse(SessionId, world.newId());
  const order = { session, reason: "manual", resolve: true, force: false } as const;
  await world.ask(orderBuilds, { ...order, packages: [], all: true });
  const resources = stack.move();
  return {
    world,
    session,
    packages,
    /** Writes a plan in which each package needs the one before it; the rest is as given. */
    write: (entryOf: (at: number) => Partial<PlanEntry> = () => ({})) => {
      const entries = packages.map((pkgbase, at) => ({
        pkgbase,
        source: found.get(pkgbase) ?? null,
        current: false,
        problem: null,
        problemKind: null,
        missing: [],
        unbuilt: [],
        ...entryOf(at),
      }));
      const needs = packages.flatMap((pkgbase, at) => {
        const before = packages[at - 1];
        return before ? [{ pkgbase, needs: before, published: false }] : [];
      });
      return writePlan(withoutMessages(world.state), session, { entries, needs }, 1);
    },
    finish: () => world.publish(planFinished, { session, at: 1 }),
    requested: () => world.bus.sent(buildRequested).map(({ pkgbase }) => pkgbase),
    ended: () => world.bus.sent(buildEnded).map(({ state }) => state),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("an order has its session planned; nothing starts before the plan is finished", async () => {
  await using it = await setup(2);
  const asked = it.world.bus.sent(planRequested);

  await it.finish();
  const before = it.requested();
  await it.write();
  await it.finish();

  expect(asked).toEqual([{ session: it.session, resolve: true }]);
  expect([before, it.requested()]).toEqual([[], ["p0000"]]);
});

test("without RESOLVE_BUILD_SEQUENCE the plan is to have no order", async () => {
  await using it = await setup(1, { RESOLVE_BUILD_SEQUENCE: "false" });

  expect(it.world.bus.sent(planRequested)).toEqual([{ session: it.session, resolve: false }]);
});

test("a session of more builds than one write takes is planned as a whole", async () => {
  await using it = await setup(600);
  await it.write((at) => ({ current: at % 2 === 0 }));

  await it.finish();
  await it.finish();

  expect(it.requested()).toEqual(["p0001"]);
  expect(it.ended()).toEqual(Array.from({ length: 300 }, () => "current"));
  const rows = await it.world.state.read.select().from(builds).orderBy(builds.pkgbase);
  expect(rows.map(({ pkgbase, needs }) => [pkgbase, needs?.length])).toEqual(
    Array.from({ length: 300 }, (_, at) => [
      `p${String(2 * at + 1).padStart(4, "0")}`,
      at === 0 ? 0 : 1,
    ]),
  );
});

test("a missing dependency cancels a session of 600 behind it, and the session ends", async () => {
  await using it = await setup(600);
  await it.write((at) => ({ missing: at === 0 ? ["nowhere"] : [] }));

  await it.finish();

  expect(it.ended()).toEqual(Array.from({ length: 600 }, () => "cancelled"));
  expect(it.world.bus.sent(sessionEnded)).toHaveLength(1);
});

test("a session that cannot be planned ends, with the reason", async () => {
  await using it = await setup(2);
  const { session, world } = it;
  await finishPlan(withoutMessages(world.state), { session, finishedAt: 1, problem: "no sources" });

  await it.finish();

  expect(world.bus.sent(buildEnded).map(({ state, message }) => [state, message])).toEqual([
    ["fatal", "no sources"],
    ["fatal", "no sources"],
  ]);
  expect(world.bus.sent(sessionEnded)).toHaveLength(1);
});

test("a source that could not be looked at ends the build of what is published, and is in the report", async () => {
  await using it = await setup(2);
  const problem = { problem: "cannot ask the AUR", problemKind: "unasked" } as const;
  await it.write((at) => ({ ...problem, current: at === 0 }));

  await it.finish();
  await it.finish();

  const { session, world } = it;
  expect(world.bus.sent(buildEnded)).toMatchObject([
    { pkgbase: "p0000", state: "fatal", message: "cannot ask the AUR" },
  ]);
  expect(it.requested()).toEqual(["p0001"]);
  const report = { session, kind: "unasked", message: "cannot ask the AUR" };
  expect(await world.state.read.select().from(sessionProblems)).toEqual([
    { ...report, pkgbase: "p0000" },
    { ...report, pkgbase: "p0001" },
  ]);
});

test("a scheduler that starts requests the plans that are not finished, and takes those that are", async () => {
  await using it = await setup(1);
  const again = async () => start(scheduler, {}, it.world);
  await using _ = await again();
  await vi.waitFor(() => expect(it.world.bus.sent(planRequested)).toHaveLength(2), {
    timeout: 15_000,
  });

  await it.write();
  await using __ = await again();

  await vi.waitFor(() => expect(it.requested()).toEqual(["p0000"]), { timeout: 15_000 });
});
