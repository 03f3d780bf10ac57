import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { buildEnded, buildPending, orderBuilds } from "#shared/messages/build.ts";
import { planRequested } from "#shared/messages/plan.ts";
import { SessionId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { minutes } from "#shared/time.ts";
import { listPeeks } from "../../../services/api/store/list.ts";
import { demandSession } from "../../../services/api/store/sessions.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertPackages } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

/** So many packages and a scheduler, without a resolver. */
const setup = async (count: number) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const names = Array.from({ length: count }, (_, at) => `p${String(at).padStart(4, "0")}`);
  const packages = await insertPackages(world.state, names);
  stack.use(await start(scheduler, {}, world));
  const session = v.parse(SessionId, world.newId());
  const terms = { session, reason: "manual", resolve: true, force: false } as const;
  const resources = stack.move();
  return {
    world,
    session,
    packages,
    order: (asked: readonly string[], more = false) =>
      world.ask(orderBuilds, { ...terms, packages: [...asked], more }),
    orderAll: () => world.ask(orderBuilds, { ...terms, packages: [], all: true }),
    /** The packages that have a build, once for each. */
    async built() {
      const rows = await world.state.read.select().from(builds).orderBy(builds.pkgbase);
      return rows.map(({ pkgbase }) => pkgbase);
    },
    pending: () =>
      world.bus
        .sent(buildPending)
        .map(({ pkgbase }) => pkgbase)
        .sort(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("an order of several questions is invisible until its last one, and then ordered as a whole", async () => {
  await using it = await setup(3);
  const { read } = it.world.state;

  await it.order(["p0000", "p0001"], true);
  const shown = await listPeeks(read);
  await expect(demandSession(read, it.session)).rejects.toThrow("no session has this id");
  const before = [it.pending(), it.world.bus.sent(planRequested)];
  await it.order(["p0002"]);

  expect(shown.map(({ base, build }) => [base, build])).toEqual(
    it.packages.map((pkgbase) => [pkgbase, null]),
  );
  expect(before).toEqual([[], []]);
  expect(it.pending()).toEqual(it.packages);
  expect(it.world.bus.sent(planRequested)).toEqual([{ session: it.session, resolve: true }]);
  const { builds: visible } = await demandSession(read, it.session);
  expect(visible.map(({ pkgbase }) => pkgbase)).toEqual(it.packages);
});

test("an order that was left goes on where it was, and once complete stays as it is", async () => {
  await using it = await setup(3);
  await it.order(["p0000", "p0001"], true);

  await it.order(["p0000", "p0001"], true);
  await it.order(["p0002"]);
  await it.order(["p0000", "p0001"], true);
  await it.order(["p0002"]);

  expect(await it.built()).toEqual(it.packages);
  expect(it.pending()).toEqual(it.packages);
});

test("all packages are ordered however many there are, and once", async () => {
  await using it = await setup(1_100);

  await it.orderAll();
  await it.orderAll();

  expect(await it.built()).toEqual(it.packages);
  expect(it.pending()).toEqual(it.packages);
  expect(it.world.bus.sent(planRequested)).toHaveLength(1);
});

test("an order whose last question never came is forgotten after an hour", async () => {
  await using it = await setup(2);
  await it.order(["p0000"], true);
  it.world.clock.at += minutes(60) + 1;

  await using _ = await start(scheduler, {}, it.world);

  await expect.poll(it.built).toEqual([]);
  await expect.poll(() => it.world.state.read.$count(sessions)).toBe(0);
  await vi.waitFor(() =>
    expect(it.world.bus.sent(buildEnded).map(({ state }) => state)).toEqual(["current"]),
  );
});
