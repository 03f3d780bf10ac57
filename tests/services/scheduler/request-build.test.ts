import { expect, test, vi } from "vitest";
import type { Publish } from "#shared/bus/bus.ts";
import { largestMessage } from "#shared/bus/publish.ts";
import { Fault } from "#shared/fault.ts";
import { buildEnded, buildPending, buildRequested, orderBuilds } from "#shared/messages/build.ts";
import { planSession } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds } from "#shared/state/builds.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const dependencies = Array.from({ length: 30_000 }, (_, index) => `dependency-${index}`);

/** A package whose dependencies no message holds, on a bus that takes as much as the real one. */
const setup = async (missing: string[] = []) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const lines = dependencies.map((name) => `depends = ${name}`);
  const { pkgbase } = await insertPackage(world.state, "large", { lines });
  const { pkgbase: other } = await insertPackage(world.state, "other");
  await world.bus.answer("resolver", planSession, async ({ packages }) =>
    packages.map((name) => ({
      ...{ pkgbase: name, current: false, needs: [], unbuilt: [], problem: null },
      missing: name === pkgbase ? missing : [],
    })),
  );
  const publish: Publish = async (message, payload) => {
    if (JSON.stringify(payload).length > largestMessage)
      throw new Fault("invalid", "the bus does not take it");
    await world.bus.publish(message, payload);
  };
  const surroundings = { ...world, bus: { ...world.bus, publish } };
  const resources = stack.move();
  return {
    world,
    other,
    pkgbase,
    startScheduler: () => start(scheduler, {}, surroundings),
    order: (packages: Pkgbase[]) =>
      world.ask(orderBuilds, { packages, reason: "manual", resolve: true, force: true }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("a build that is too large to be asked for ends", async () => {
  await using it = await setup();
  await using _ = await it.startScheduler();

  await it.order([it.pkgbase]);

  expect(it.world.bus.sent(buildEnded)).toMatchObject([
    { state: "fatal", message: "the bus does not take it" },
  ]);
});

test("one that was to be asked for when the scheduler died ends too, and holds up nothing", async () => {
  await using it = await setup();
  await using before = await it.startScheduler();
  await it.order([it.pkgbase]);
  await before[Symbol.asyncDispose]();
  await it.world.state.write((tx) => tx.update(builds).set({ state: "requested" }));

  await using _again = await it.startScheduler();
  await it.order([it.other]);

  await vi.waitFor(() => expect(it.world.bus.sent(buildEnded)).toHaveLength(2), {
    timeout: 15_000,
  });
  expect(it.world.bus.sent(buildRequested).map(({ pkgbase }) => pkgbase)).toEqual(["other"]);
});

test("a session with a package that lacks more than a message holds is planned", async () => {
  await using it = await setup(dependencies);
  await using _ = await it.startScheduler();

  await it.order([it.pkgbase, it.other]);

  expect(it.world.bus.sent(buildPending)).toHaveLength(2);
  const [ended] = it.world.bus.sent(buildEnded);
  expect(ended).toMatchObject({ pkgbase: "large", state: "cancelled" });
  expect(ended?.message).toMatch(/^missing dependencies: dependency-0, /);
  expect(it.world.bus.sent(buildRequested).map(({ pkgbase }) => pkgbase)).toEqual(["other"]);
});
