import { expect, test, vi } from "vitest";
import { buildEnded, buildFinished, buildRequested, buildStarted } from "#shared/messages/build.ts";
import { pkgbuildOf, requestOf, startBuilder, type TestBuilder } from "../support/builder.ts";
import { containersWith, engineCommand, engineEnvironment } from "../support/engine.ts";

const setup = async (body: string, environment: Readonly<Record<string, string>> = {}) => {
  const builder = await startBuilder({ ...engineEnvironment(), ...environment });
  const source = await builder.source({ PKGBUILD: pkgbuildOf("broken", body) });
  const request = requestOf(source, "broken");
  return { builder, request, [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose]() };
};

/** Resolves when the build has printed this. */
const untilSaid = (
  builder: TestBuilder,
  request: Parameters<TestBuilder["outputOf"]>[0],
  text: string,
) => vi.waitFor(() => expect(builder.outputOf(request)).toContain(text), { timeout: 30_000 });

test("a build that fails says in which step, and with what exit code", async () => {
  await using it = await setup("build() { echo no; false; }");

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "failed", step: "build", exitCode: 4 });
  expect(await it.builder.logOf(it.request.build)).toMatch(/no\n.*A failure occurred in build/s);
  expect(await containersWith(`kiln.build=${it.request.build}`)).toEqual([]);
}, 120_000);

test("prepare commands that fail end the build, at the first of them that does", async () => {
  await using it = await setup("");

  const finished = await it.builder.build({ ...it.request, prepare: "(exit 7)\necho on" });

  expect(finished?.outcome).toEqual({ kind: "failed", step: "prepare", exitCode: 7 });
  expect(it.builder.outputOf(it.request)).not.toContain("on\n\n:: kiln");
}, 120_000);

test("a dependency that nothing has ends the build", async () => {
  await using it = await setup("");

  const finished = await it.builder.build({ ...it.request, dependencies: ["--help", "absent"] });

  expect(finished?.outcome).toEqual({ kind: "failed", step: "dependencies", exitCode: 1 });
  expect(it.builder.outputOf(it.request)).toContain("target not found: absent");
}, 120_000);

test("a build over its time is stopped", async () => {
  await using it = await setup("", { BUILD_TIMEOUT: "5" });

  const finished = await it.builder.build({ ...it.request, prepare: "sleep 300" });

  expect(finished?.outcome).toEqual({ kind: "timed-out", step: "prepare", afterMs: 5_000 });
  expect(await containersWith(`kiln.build=${it.request.build}`)).toEqual([]);
}, 120_000);

test("a container killed from outside is an outcome that says so", async () => {
  await using it = await setup("build() { echo now; sleep 300; }");
  const building = it.builder.build(it.request);
  await untilSaid(it.builder, it.request, "now\n");
  const [container = ""] = await containersWith(`kiln.build=${it.request.build}`);

  await engineCommand("kill", container);

  const outcome = (await building)?.outcome;
  expect(outcome).toEqual({
    kind: "broken",
    step: "build",
    message: "the build's container was killed or removed from outside of kiln while building",
  });
}, 120_000);

test("a missing image is an outcome that names it, and makes the builder unhealthy", async () => {
  await using it = await setup("", { RUNNER_IMAGE: "kiln-absent:{version}" });
  const message =
    "runner image kiln-absent:0.1.0 is not there: make it as runner/README.md says, pull it, or set RUNNER_IMAGE";

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "broken", step: "container", message });
  await expect(it.builder.running.health()).rejects.toMatchObject({ kind: "missing", message });
}, 120_000);

test("a build is given back where no engine answers, and health says so", async () => {
  await using it = await setup("", { DOCKER_URL: "unix:///nonexistent/docker.sock" });
  const fault = {
    kind: "unavailable",
    message: expect.stringContaining(
      "no container engine answers at unix:///nonexistent/docker.sock",
    ),
  };

  await expect(it.builder.build(it.request)).rejects.toMatchObject(fault);
  await expect(it.builder.running.health()).rejects.toMatchObject(fault);
  expect(it.builder.bus.sent(buildStarted)).toEqual([]);
});

test("a log over 10 MiB keeps its beginning and its end, with the reason of the failure", async () => {
  await using it = await setup(
    `build() { echo first; head -c 14680064 /dev/zero | tr '\\0' x | fold -w 99; echo; echo reason; false; }`,
  );

  const finished = await it.builder.build(it.request);

  const log = await it.builder.logOf(it.request.build);
  expect(finished?.outcome.kind).toBe("failed");
  expect(log.length).toBeLessThan(10 * 1024 * 1024 + 1_000);
  expect(log).toContain("\nfirst\nxxx");
  expect(log).toMatch(
    /x\n:: kiln :: this log is over 8\.0 MiB: .*\n:: kiln :: \d+ lines \(4\.\d MiB\) are left out/,
  );
  expect(log.slice(-400)).toMatch(
    /x\nreason\n.*A failure occurred in build.*building failed with exit code 4: reason/s,
  );
  expect(it.builder.outputOf(it.request)).toBe(log);
}, 120_000);

test("a build over its memory is an outcome that names the limit", async () => {
  const hungry = `build() { bash -c 'x=y; while true; do x="$x$x"; done'; }`;
  await using it = await setup(hungry, { RUNNER_MEMORY: "128" });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({
    kind: "broken",
    step: "build",
    message: "the build ran out of memory while building: it may use 128 MiB (RUNNER_MEMORY)",
  });
}, 120_000);

test("a fork bomb ends in an outcome that names the limit, and the engine goes on", async () => {
  await using it = await setup("build() { bomb() { bomb | bomb & }; bomb; }", {
    RUNNER_PIDS: "64",
  });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toMatchObject({
    kind: "broken",
    step: "build",
    message: expect.stringContaining("it may have 64 (RUNNER_PIDS)"),
  });
  expect(await containersWith(`kiln.build=${it.request.build}`)).toEqual([]);
  const after = requestOf(await it.builder.source({ PKGBUILD: pkgbuildOf("calm") }), "calm");
  expect((await it.builder.build(after))?.outcome.kind).toBe("built");
}, 120_000);

test("a stop gives the build back and removes its container at once", async () => {
  await using it = await setup("build() { echo now; sleep 300; }");
  const building = it.builder.bus.publish(buildRequested, it.request);
  const given = expect(building).rejects.toThrow("abort");
  await untilSaid(it.builder, it.request, "now\n");

  await it.builder.running[Symbol.asyncDispose]();

  await given;
  expect(await containersWith(`kiln.build=${it.request.build}`)).toEqual([]);
  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
}, 120_000);

test("a build that is ended elsewhere is left, and nothing is said", async () => {
  await using it = await setup("build() { echo now; sleep 300; }");
  const building = it.builder.build(it.request);
  await untilSaid(it.builder, it.request, "now\n");
  const { build, pkgbase, arch } = it.request;

  await it.builder.bus.publish(buildEnded, {
    ...{ build, pkgbase, arch, at: 0 },
    ...{ state: "cancelled", message: "package removed" },
  });

  expect(await building).toBeUndefined();
  expect(await containersWith(`kiln.build=${build}`)).toEqual([]);
  it.builder.claims.go = false;
  expect(await it.builder.build(it.request)).toBeUndefined();
  expect(it.builder.bus.sent(buildStarted)).toHaveLength(1);
}, 120_000);
