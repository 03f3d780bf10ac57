import { expect, test, vi } from "vitest";
import type { BuildOutcome } from "#shared/messages/build.ts";
import {
  buildEnded,
  buildFinished,
  buildPending,
  buildRequested,
  buildStarted,
  orderBuilds,
} from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { planSession } from "#shared/messages/resolve.ts";
import type { BuildId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { scheduler } from "../../../services/scheduler/service.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";
import { makeWorld } from "../../support/world.ts";

const blob = { sha256: "b".repeat(64), bytes: 3 };

const built: BuildOutcome = {
  kind: "built",
  artifacts: [{ filename: "lib-1-1-any.pkg.tar.zst", blob }],
  srcinfo: blob,
  pkgbuild: blob,
};

/** A scheduler with these packages; each name in `needs` is needed by the package before it. */
const setup = async (
  needs: Readonly<Record<string, readonly string[]>>,
  current: readonly string[] = [],
) => {
  const world = await makeWorld();
  for (const name of Object.keys(needs)) await insertPackage(world.state, name);
  await world.bus.answer("resolver", planSession, async ({ packages }) =>
    packages.map((pkgbase) => ({
      pkgbase,
      current: current.includes(pkgbase),
      needs: [...(needs[pkgbase] ?? [])],
      missing: [],
      unbuilt: [],
      problem: null,
    })),
  );
  const running = await start(scheduler, {}, world);

  const order = (packages: readonly string[], force = true) =>
    world.ask(orderBuilds, { packages: [...packages], reason: "manual", resolve: true, force });
  const requested = () => world.bus.sent(buildRequested).map(({ pkgbase }) => pkgbase);
  const told = (build: BuildId) => {
    const pkgbase = world.bus.sent(buildRequested).find((it) => it.build === build)?.pkgbase ?? "";
    return { build, pkgbase, arch: "x86_64", at: world.now() };
  };
  const finish = (build: BuildId, outcome: BuildOutcome) =>
    world.publish(buildFinished, {
      ...told(build),
      builder: "builder-1",
      outcome,
      log: blob,
      outputs: 1,
      measurements: null,
    });
  const publish = (build: BuildId) =>
    world.publish(repoPublished, {
      ...told(build),
      generation: 1,
      packages: [
        { pkgname: "lib", version: "1-1", filename: "lib.pkg.tar.zst", sha256: blob.sha256 },
      ],
    });
  const states = async () =>
    Object.fromEntries(
      (await world.state.read.select().from(builds)).map(({ pkgbase, state }) => [pkgbase, state]),
    );
  return {
    world,
    order,
    requested,
    told,
    finish,
    publish,
    states,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
};

const idOf = (builds: readonly { pkgbase: string; build: BuildId }[], name: string) => {
  const found = builds.find(({ pkgbase }) => pkgbase === name);
  if (!found) throw new Error(`no build of ${name}`);
  return found.build;
};

test("an order is answered when its rows are there, and each is said to be pending", async () => {
  await using it = await setup({ lib: [] });

  const { builds: ordered } = await it.order(["lib", "lib"]);

  expect(it.world.bus.sent(buildPending)).toEqual([
    { build: idOf(ordered, "lib"), pkgbase: "lib", arch: "x86_64", at: it.world.now() },
  ]);
  expect(it.requested()).toEqual(["lib"]);
});

test("an unknown package is refused with serene's words, and nothing of the order is kept", async () => {
  await using it = await setup({ lib: [] });

  await expect(it.order(["lib", "nowhere"])).rejects.toThrow(
    "package with base nowhere is not added",
  );

  expect(await it.states()).toEqual({});
});

test("a dependent is asked for when its dependency is published, not before", async () => {
  await using it = await setup({ app: ["lib"], lib: [] });
  const { builds: ordered } = await it.order(["app", "lib"]);
  const lib = idOf(ordered, "lib");

  await it.world.publish(buildStarted, it.told(lib));
  await it.finish(lib, built);
  const before = it.requested();
  await it.publish(lib);

  expect(before).toEqual(["lib"]);
  expect(it.requested()).toEqual(["lib", "app"]);
  expect(await it.states()).toEqual({ lib: "success", app: "requested" });
});

test("what was built is written before it is to be published", async () => {
  await using it = await setup({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);

  await it.finish(idOf(ordered, "lib"), built);

  expect(it.world.bus.sent(publishRequested)).toEqual([{ build: idOf(ordered, "lib") }]);
  expect(await it.world.state.read.select().from(buildArtifacts)).toEqual([
    { build: idOf(ordered, "lib"), filename: "lib-1-1-any.pkg.tar.zst", ...blob },
  ]);
});

test("a failure cancels what waits for it", async () => {
  await using it = await setup({ app: ["lib"], lib: [], free: [] });
  const { builds: ordered } = await it.order(["app", "lib", "free"]);

  await it.finish(idOf(ordered, "lib"), { kind: "failed", step: "build", exitCode: 4 });

  expect(await it.states()).toEqual({ lib: "failure", app: "cancelled", free: "requested" });
  expect(it.world.bus.sent(buildEnded).map(({ pkgbase, message }) => [pkgbase, message])).toEqual([
    ["lib", "step build ended with exit code 4"],
    ["app", "failed to build dependency lib successfully"],
  ]);
});

test("the end of a build told twice ends it once, and a second end changes nothing", async () => {
  await using it = await setup({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);
  const lib = idOf(ordered, "lib");

  await it.finish(lib, built);
  await it.publish(lib);
  await it.publish(lib);
  await it.finish(lib, { kind: "failed", step: "build", exitCode: 4 });

  expect(await it.states()).toEqual({ lib: "success" });
});

test("what the repository refuses is fatal, with its reason", async () => {
  await using it = await setup({ lib: [] });
  const { builds: ordered } = await it.order(["lib"]);
  const lib = idOf(ordered, "lib");
  await it.finish(lib, built);

  await it.world.publish(publishRefused, { build: lib, pkgbase: "lib", message: "no", at: 1 });

  const rows = await it.world.state.read.select().from(builds);
  expect(rows).toMatchObject([{ state: "fatal", progress: "publish", message: "no" }]);
});

test("what is up to date is said to be so, and leaves no build behind", async () => {
  await using it = await setup({ lib: [] }, ["lib"]);

  await it.order(["lib"], false);

  expect(it.world.bus.sent(buildEnded)).toMatchObject([{ pkgbase: "lib", state: "current" }]);
  expect(await it.states()).toEqual({});
});

test("a second order of a package waits for the first", async () => {
  await using it = await setup({ lib: [] });
  const first = await it.order(["lib"]);
  const second = await it.order(["lib"]);

  const before = it.requested();
  await it.finish(idOf(first.builds, "lib"), { kind: "failed", step: "build", exitCode: 4 });

  expect(before).toEqual(["lib"]);
  expect(it.world.bus.sent(buildRequested).map(({ build }) => build)).toEqual([
    idOf(first.builds, "lib"),
    idOf(second.builds, "lib"),
  ]);
});

test("a scheduler that starts says again what nobody may be working on", async () => {
  await using it = await setup({ app: ["lib"], lib: [] });
  const { builds: ordered } = await it.order(["app", "lib"]);
  await it.finish(idOf(ordered, "lib"), built);

  await using _ = await start(scheduler, {}, it.world);

  await vi.waitFor(() => expect(it.world.bus.sent(publishRequested)).toHaveLength(2), {
    timeout: 15_000,
  });
});

test("a removed package takes its builds along", async () => {
  await using it = await setup({ app: ["lib"], lib: [] });
  await it.order(["app", "lib"]);
  await hidePackage(it.world.state, "lib");

  await it.world.publish(packageRemoved, { pkgbase: "lib", at: 1 });

  expect(await it.states()).toEqual({ app: "cancelled" });
  expect(it.world.bus.sent(buildEnded).map(({ pkgbase, state }) => [pkgbase, state])).toEqual([
    ["lib", "cancelled"],
    ["app", "cancelled"],
  ]);
});

test("of a package that was added again, only the builds before that go", async () => {
  await using it = await setup({ lib: [] });
  await it.order(["lib"]);
  await deletePackage(it.world.state, "lib");
  const addedAt = it.world.now() + 5;
  await insertPackage(it.world.state, "lib", { addedAt });
  const { builds: ordered } = await it.order(["lib"]);

  await it.world.publish(packageRemoved, { pkgbase: "lib", at: addedAt + 5 });

  const rows = await it.world.state.read.select().from(builds);
  expect(rows).toMatchObject([{ id: idOf(ordered, "lib"), state: "requested" }]);
  expect(rows[0]?.orderedAt).toBeGreaterThanOrEqual(addedAt);
});
