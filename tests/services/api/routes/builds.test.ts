import { zstdCompressSync } from "node:zlib";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { buildOutput } from "#shared/messages/build-output.ts";
import { builds } from "#shared/state/builds.ts";
import { BuildInfo, BuildList } from "#shared/views.ts";
import { insertBuildOf, startApi } from "../../../support/api.ts";
import { insertPackage } from "../../../support/rows.ts";

/** A package with an old build that failed and a newer one under way. */
const setup = async () => {
  const api = await startApi();
  const { pkgbase } = await insertPackage(api.world.state, "foo");
  const failed = await insertBuildOf(api.world, pkgbase, {
    state: "failure",
    reason: "initial",
    endedAt: Date.UTC(2026, 0, 2),
    measurements: { memoryPeak: 1, cpuUser: 2, cpuSystem: 3, ioRead: 4, ioWritten: 5 },
  });
  const running = await insertBuildOf(api.world, pkgbase, { state: "running" });
  return { ...api, pkgbase, failed, running, [Symbol.asyncDispose]: api[Symbol.asyncDispose] };
};

const failed = {
  state: { state: "failure" },
  reason: "initial",
  version: null,
  started: "2026-01-01T00:00:00.000Z",
  ended: "2026-01-02T00:00:00.000Z",
  mem_peak: 1,
  cpu_user: 2,
  cpu_system: 3,
  io_tbr: 4,
  io_tbw: 5,
};

test("a client follows at most 200 streams, and another client is not kept out", async () => {
  await using api = await setup();
  const subscribe = (from: string) =>
    api.request("/package/foo/build/logs/subscribe", { headers: { "x-forwarded-for": from } });
  const open = await Promise.all(Array.from({ length: 200 }, () => subscribe("192.0.2.1")));

  const refused = await subscribe("192.0.2.1");
  const other = await subscribe("192.0.2.2");

  expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]));
  expect([refused.status, await refused.text(), other.status]).toEqual([
    503,
    "200 live streams of yours are open, which is the most one client may have; close some",
    200,
  ]);
});

test("builds are listed newest first, as many as asked for", async () => {
  await using api = await setup();

  const all = await api.request("/package/foo/build");
  const one = await api.request("/package/foo/build?count=1");

  const listed = v.parse(BuildList, await all.json());
  expect(listed.map(({ started }) => started)).toEqual([
    "2026-01-01T00:00:00.001Z",
    "2026-01-01T00:00:00.000Z",
  ]);
  expect(await one.json()).toEqual(listed.slice(0, 1));
});

test("an unknown package has no builds", async () => {
  await using api = await setup();

  const response = await api.request("/package/nopkg/build");

  expect([response.status, await response.json()]).toEqual([200, []]);
});

test("a count that is none is refused in serene's words", async () => {
  await using api = await setup();

  const response = await api.request("/package/nopkg/build?count=abc");

  expect([response.status, await response.text()]).toEqual([
    400,
    "Query deserialize error: invalid digit found in string",
  ]);
});

test.each([
  "0",
  "2026-01-01T00:00:00.000Z",
  "2026-01-01T00:00:00Z",
  "2026-01-01T01:00:00.000000000+01:00",
])("a build is named by %s", async (id) => {
  await using api = await setup();

  const response = await api.request(`/package/foo/build/${id}`);

  expect(v.parse(BuildInfo, await response.json())).toEqual(failed);
});

test("`latest` is the newest build", async () => {
  await using api = await setup();

  const response = await api.request("/package/foo/build/latest");

  expect(await response.json()).toMatchObject({ state: { state: "running", info: "build" } });
});

test.each([
  ["/package/foo/build/5", 404, "package not found or no build at this time"],
  ["/package/nopkg/build/latest", 404, "package not found or no build at this time"],
  ["/package/..%2Fx/build/latest", 404, "package not found or no build at this time"],
  [
    "/package/nopkg/build/xyz",
    400,
    "expected valid date, valid index number, or 'latest', not 'xyz'",
  ],
  ["/package/nopkg/build/logs/subscribe", 404, "package with base nopkg is not added"],
])("GET %s is %i %s", async (path, status, text) => {
  await using api = await setup();

  const response = await api.request(path);

  expect([response.status, await response.text()]).toEqual([status, text]);
});

test("the log of a build that is done comes from its blob, as a JSON string", async () => {
  await using api = await setup();
  const log = await api.world.blobs.put(zstdCompressSync("line one\nzwei ✓\n"));
  await insertBuildOf(api.world, api.pkgbase, { state: "success", logSha256: log.sha256 });

  const response = await api.request("/package/foo/build/latest/logs");

  expect(await response.text()).toBe('"line one\\nzwei ✓\\n"');
});

test("the log of a running build is what its newest attempt has printed so far", async () => {
  await using api = await setup();
  const build = api.running;
  await api.world.publish(buildOutput, { build, startedAt: 1, index: 0, text: "given up\n" });
  await api.world.publish(buildOutput, { build, startedAt: 2, index: 0, text: "again\n" });
  await api.world.publish(buildOutput, { build, startedAt: 2, index: 1, text: "more\n" });

  const response = await api.request("/package/foo/build/latest/logs");

  expect(await response.json()).toBe("again\nmore\n");
});

test("a build that printed nothing has no log", async () => {
  await using api = await setup();

  const response = await api.request("/package/foo/build/0/logs");

  expect([response.status, await response.text()]).toEqual([404, "build does not have any logs"]);
});

test("a build keeps its index when those before it are gone, and serene's count is the last index and one", async () => {
  await using api = await startApi();
  const { pkgbase } = await insertPackage(api.world.state, "foo");
  for (const version of ["1-1", "2-1", "3-1"])
    await insertBuildOf(api.world, pkgbase, { state: "success", version });
  await api.world.state.write(async (tx) => {
    await tx.delete(builds).where(eq(builds.number, 0));
  });

  const versions = [];
  for (const index of [0, 1, 2]) {
    const answer = await api.request(`/package/foo/build/${index}`);
    versions.push(answer.ok ? (await answer.json()).version : answer.status);
  }

  expect(versions).toEqual([404, "2-1", "3-1"]);
  expect(await (await api.request("/package/foo")).json()).toMatchObject({ builds: 3 });
});
