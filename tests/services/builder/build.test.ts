import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { buildEnded, buildFinished } from "#shared/messages/build.ts";
import { claimBuild } from "#shared/messages/builder.ts";
import { giveUp } from "../../../services/builder/build.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";

test("its container has the limits that are set, and names the build", async () => {
  await using it = await startFakeBuilder(
    {},
    { RUNNER_MEMORY: "512", RUNNER_CPUS: "2", RUNNER_PIDS: "100" },
  );

  await it.builder.build(it.request);

  expect(it.specs).toEqual([
    {
      image: "kiln-runner:0.1.0",
      labels: {
        "kiln.builder": expect.any(String),
        "kiln.build": it.request.build,
        "kiln.pkgbase": "app",
      },
      memory: 512 * 1024 ** 2,
      cpus: 2,
      processes: 100,
      network: true,
      lifetime: 15_000_000,
    },
  ]);
});

test("what the engine refuses is an outcome in its words", async () => {
  const message = "the container engine refused the start of a container: no space";
  await using it = await startFakeBuilder({
    start: async () => {
      throw new Fault("conflict", message);
    },
  });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "broken", step: "container", message });
});

test.each([
  ["an engine that is away", new Fault("unavailable", "away")],
  ["a bug", new TypeError("bug")],
])("%s gives the build back", async (_what, error) => {
  await using it = await startFakeBuilder({
    behaviour: (command) =>
      command.startsWith("makepkg --force") ? Promise.reject(error) : undefined,
  });

  await expect(it.builder.build(it.request)).rejects.toBe(error);

  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
  expect(it.open()).toBe(0);
});

test("a build that meets a bug again is an outcome that names it, with its log", async () => {
  await using it = await startFakeBuilder({
    behaviour: (command) =>
      command.startsWith("makepkg --force") ? Promise.reject(new TypeError("bug")) : undefined,
  });
  await expect(it.builder.build(it.request)).rejects.toThrow("bug");

  const finished = await it.builder.build(it.request);

  const message =
    "the builder failed while building: bug; this is a bug of kiln, whose stack is in the builder's log";
  expect(finished?.outcome).toEqual({ kind: "broken", step: "build", message });
  expect(await it.builder.logOf(it.request.build)).toContain(
    `:: kiln :: building\n\n\n:: kiln :: ${message}\n`,
  );
  expect(it.open()).toBe(0);
});

test("an engine that is away gives a build back however often", async () => {
  await using it = await startFakeBuilder({
    behaviour: (command) =>
      command.startsWith("makepkg --force")
        ? Promise.reject(new Fault("unavailable", "away"))
        : undefined,
  });

  for (let attempt = 1; attempt <= 3; attempt++)
    await expect(it.builder.build(it.request)).rejects.toThrow("away");

  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
});

test("a build over its time ends with its step", async () => {
  await using it = await startFakeBuilder(
    {
      behaviour: (command) =>
        command.startsWith("pacman -Su") ? new Promise(() => {}) : undefined,
    },
    { BUILD_TIMEOUT: "1" },
  );

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "timed-out", step: "system", afterMs: 1_000 });
  expect(it.open()).toBe(0);
});

test("a build says how it went before its container is removed, and is done when it is", async () => {
  await using it = await startFakeBuilder();
  const open: number[] = [];
  await using _ = await it.builder.follow(buildFinished, "now", () => open.push(it.open()));

  await it.builder.build(it.request);

  expect([...open, it.open()]).toEqual([1, 0]);
});

test("a stop gives the build back with its container removed", async () => {
  await using it = await startFakeBuilder({
    behaviour: (command) => (command.startsWith("pacman -Su") ? new Promise(() => {}) : undefined),
  });
  const given = expect(it.builder.build(it.request)).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(it.open()).toBe(1), { timeout: 15_000 });

  await it.builder.running[Symbol.asyncDispose]();

  await given;
  expect(it.open()).toBe(0);
  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
});

test("a finished build that is asked for again is not built again: how it went is said again", async () => {
  await using it = await startFakeBuilder();
  const finished = await it.builder.build(it.request);

  await it.builder.build(it.request);

  expect(it.specs).toHaveLength(1);
  expect(it.builder.bus.sent(buildFinished)).toEqual([finished, finished]);
});

test("a build given up is said to be broken", async () => {
  await using it = await startFakeBuilder();
  const context = { ...it.builder, name: "b", publish: it.builder.bus.publish };

  // Safe: it uses the clock and the bus alone.
  await giveUp(
    context as unknown as Parameters<typeof giveUp>[0],
    it.request,
    new TypeError("bug"),
  );

  expect(it.builder.finishOf(it.request.build)?.outcome).toEqual({
    kind: "broken",
    step: "container",
    message: "the builder gave the build up: bug",
  });
});

test("a build that ends while its claim is answered gets no container", async () => {
  await using it = await startFakeBuilder();
  const { build, pkgbase, arch } = it.request;
  await it.builder.bus.answer("scheduler", claimBuild, async () => {
    const end = { state: "cancelled", message: "the package was removed" } as const;
    await it.builder.bus.publish(buildEnded, { build, pkgbase, arch, at: 0, ...end });
    return { go: true };
  });

  expect(await it.builder.build(it.request)).toBeUndefined();
  expect(it.specs).toEqual([]);
});
