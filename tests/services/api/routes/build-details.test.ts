import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildDetails, BuildPage } from "#shared/build-views.ts";
import { BuilderName } from "#shared/model.ts";
import { insertBuildOf, startApi } from "../../../support/api.ts";
import { insertPackage } from "../../../support/rows.ts";

const at = Date.UTC(2026, 0, 2);
const sha256 = "a".repeat(64);

const setup = async () => {
  const api = await startApi();
  const { pkgbase } = await insertPackage(api.world.state, "foo");
  const get = async (path: string) => {
    const response = await api.request(path);
    return { status: response.status, body: await response.json() };
  };
  return { ...api, pkgbase, get, [Symbol.asyncDispose]: api[Symbol.asyncDispose] };
};

test("a build that failed is shown with its steps, its sentence and the lines that say why", async () => {
  await using it = await setup();
  await insertBuildOf(it.world, it.pkgbase, {
    state: "failure",
    message: "building failed with exit code 4: a.c:1:1: error: no",
    builder: v.parse(BuilderName, "host-a"),
    startedAt: at,
    endedAt: at + 5_000,
    logSha256: sha256,
    logBytes: 7,
    logLines: 30,
    excerpt: { line: 20, lines: ["a.c:1:1: error: no"] },
    steps: [
      { step: "container", startedAt: at, endedAt: at + 1_000, exitCode: 0, line: 2 },
      { step: "sources", startedAt: at + 1_000, endedAt: at + 2_000, exitCode: null, line: 5 },
      { step: "build", startedAt: at + 2_000, endedAt: at + 5_000, exitCode: 4, line: 9 },
    ],
  });

  const { body } = await it.get("/packages/foo/builds/latest");

  expect(v.parse(v.strictObject(BuildDetails.entries), body)).toEqual({
    base: "foo",
    number: 0,
    ordered: "2026-01-01T00:00:00.000Z",
    state: { state: "failure" },
    reason: "manual",
    version: null,
    started: "2026-01-02T00:00:00.000Z",
    ended: "2026-01-02T00:00:05.000Z",
    builder: "host-a",
    message: "building failed with exit code 4: a.c:1:1: error: no",
    steps: [
      {
        step: "container",
        started: "2026-01-02T00:00:00.000Z",
        ended: "2026-01-02T00:00:01.000Z",
        ok: true,
        exitCode: 0,
        line: 2,
      },
      {
        step: "sources",
        started: "2026-01-02T00:00:01.000Z",
        ended: "2026-01-02T00:00:02.000Z",
        ok: null,
        exitCode: null,
        line: 5,
      },
      {
        step: "build",
        started: "2026-01-02T00:00:02.000Z",
        ended: "2026-01-02T00:00:05.000Z",
        ok: false,
        exitCode: 4,
        line: 9,
      },
    ],
    excerpt: { line: 20, lines: ["a.c:1:1: error: no"] },
    log: { bytes: 7, lines: 30 },
  });
});

test("a build of which none of that is known, as those of kiln 0.1.0, is shown without it", async () => {
  await using it = await setup();
  const message = "step build ended with exit code 4";
  await insertBuildOf(it.world, it.pkgbase, { state: "failure", message, logSha256: sha256 });

  const { body } = await it.get("/packages/foo/builds/0");

  expect(v.parse(BuildDetails, body)).toMatchObject({
    state: { state: "failure" },
    message,
    builder: null,
    steps: [],
    excerpt: null,
    log: { bytes: null, lines: null },
  });
});

test("builds are listed newest first, 50 at a time", async () => {
  await using it = await setup();
  for (let i = 0; i < 53; i += 1) await insertBuildOf(it.world, it.pkgbase, { state: "success" });

  const first = v.parse(BuildPage, (await it.get("/packages/foo/builds")).body);
  const path = `/packages/foo/builds?before=${encodeURIComponent(first.next ?? "")}`;
  const second = v.parse(BuildPage, (await it.get(path)).body);

  expect(first.builds.map(({ number }) => number)).toEqual(
    Array.from({ length: 50 }, (_, i) => 52 - i),
  );
  expect(second.builds.map(({ number }) => number)).toEqual([2, 1, 0]);
  expect(second.next).toBeNull();
});

test.each([
  ["/packages/nope/builds", 404, "package with base nope is not added"],
  ["/packages/nope/builds/latest", 404, "package not found or no build at this time"],
  ["/packages/foo/builds/7", 404, "package not found or no build at this time"],
  ["/packages/foo/builds/x", 400, "expected valid date, valid index number, or 'latest', not 'x'"],
  [
    "/packages/foo/builds?before=3",
    400,
    "before is '3', expected the time of a build, as \"next\" has it",
  ],
])("%s is refused as %i", async (path, status, detail) => {
  await using it = await setup();

  const response = await it.get(path);

  expect(response).toMatchObject({ status, body: { detail } });
});
