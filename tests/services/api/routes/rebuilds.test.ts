import { zstdCompressSync } from "node:zlib";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { orderRebuild } from "#shared/messages/rebuild.ts";
import { BuilderName, Pkgname, RebuildId } from "#shared/model.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { publications } from "#shared/state/repo.ts";
import { RebuildInfo, RebuildList } from "#shared/views.ts";
import { insertBuildOf, insertPublished, startApi } from "../../../support/api.ts";
import { insertPackage } from "../../../support/rows.ts";

const filename = "foo-1-1-any.pkg.tar.zst";

/** A package whose published build was found BAD, and is being rebuilt once more; and whoever answers orders. */
const setup = async (environment: Readonly<Record<string, string>> = {}) => {
  const api = await startApi(environment);
  const { state } = api.world;
  const { pkgbase } = await insertPackage(state, "foo");
  const builder = v.parse(BuilderName, "host-a");
  const build = await insertBuildOf(api.world, pkgbase, { state: "success", builder });
  await insertPublished(api.world, pkgbase);
  await insertPackage(state, "bare");
  await state.write((tx) => tx.update(publications).set({ build }));
  const log = await api.world.blobs.put(zstdCompressSync("makepkg says ✓\n"));
  const insert = async (row: Partial<typeof rebuilds.$inferInsert>, status: "BAD" | "UNKWN") => {
    const id = v.parse(RebuildId, crypto.randomUUID());
    await state.write(async (tx) => {
      await tx.insert(rebuilds).values({
        ...{ id, pkgbase, build, arch: "x86_64", version: "1-1", reason: "published" },
        orderedAt: Date.UTC(2026, 0, 1),
        ...row,
      });
      await tx.insert(rebuildArtifacts).values({
        rebuild: id,
        filename,
        pkgname: v.parse(Pkgname, pkgbase),
        sha256: "",
        bytes: 1,
        status,
      });
    });
    return id;
  };
  const bad = await insert(
    {
      status: "BAD",
      message: `${filename} differs from byte 4 on`,
      builder: v.parse(BuilderName, "host-b"),
      startedAt: Date.UTC(2026, 0, 1, 0, 1),
      endedAt: Date.UTC(2026, 0, 1, 0, 2),
      logSha256: log.sha256,
    },
    "BAD",
  );
  const waiting = await insert({ reason: "manual", orderedAt: Date.UTC(2026, 0, 2) }, "UNKWN");
  const answered = await api.world.bus.answer("verifier", orderRebuild, async (order) => {
    if (order.pkgbase !== pkgbase) throw new Fault("missing", "nothing is published");
    return { rebuild: waiting };
  });
  return {
    ...{ ...api, bad, waiting, answered },
    [Symbol.asyncDispose]: api[Symbol.asyncDispose],
  };
};

const shownBad = (id: string): RebuildInfo => ({
  id,
  status: "BAD",
  message: `${filename} differs from byte 4 on`,
  version: "1-1",
  current: true,
  reason: "published",
  built_by: "host-a",
  builder: "host-b",
  ordered: "2026-01-01T00:00:00.000Z",
  started: "2026-01-01T00:01:00.000Z",
  ended: "2026-01-01T00:02:00.000Z",
  artifacts: [{ filename, status: "BAD" }],
});

test("rebuilds are listed newest first, with what they proved, as many as asked for", async () => {
  await using api = await setup();

  const all = await api.request("/package/foo/rebuild");
  const one = await api.request("/package/foo/rebuild?count=1");

  const listed = v.parse(RebuildList, await all.json());
  expect(listed.map(({ id, status }) => [id, status])).toEqual([
    [api.waiting, null],
    [api.bad, "BAD"],
  ]);
  expect(listed[1]).toEqual(shownBad(api.bad));
  expect(await one.json()).toEqual(listed.slice(0, 1));
});

test("a rebuild is shown by its id", async () => {
  await using api = await setup();

  const response = await api.request(`/package/foo/rebuild/${api.bad}`);

  expect(v.parse(RebuildInfo, await response.json())).toEqual(shownBad(api.bad));
});

test("a rebuild of what is no longer published says so", async () => {
  await using api = await setup();
  await api.world.state.write((tx) => tx.delete(publications));

  const response = await api.request(`/package/foo/rebuild/${api.bad}`);

  expect(await response.json()).toMatchObject({ current: false });
});

test("an order answers with the rebuild that is now waiting", async () => {
  await using api = await setup();

  const response = await api.write("POST", "/package/foo/rebuild");

  expect(response.status).toBe(200);
  expect(v.parse(RebuildInfo, await response.json())).toMatchObject({
    ...{ id: api.waiting, status: null, builder: null, started: null, ended: null },
    artifacts: [{ filename, status: "UNKWN" }],
  });
});

test("the log of a rebuild that has ended is a JSON string", async () => {
  await using api = await setup();

  const response = await api.request(`/package/foo/rebuild/${api.bad}/logs`);

  expect(await response.text()).toBe('"makepkg says ✓\\n"');
});

const unknown = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

test.each([
  ["GET", "/package/nopkg/rebuild", 404, "package with base nopkg is not added"],
  ["GET", "/package/..%2Fx/rebuild", 404, "package with base ../x is not added"],
  ["GET", `/package/foo/rebuild/${unknown}`, 404, "package not found or no rebuild of this id"],
  ["GET", "/package/foo/rebuild/latest", 404, "package not found or no rebuild of this id"],
  [
    "GET",
    `/package/foo/rebuild/${unknown}/logs`,
    404,
    "package not found or no rebuild of this id",
  ],
  ["POST", "/package/..%2Fx/rebuild", 404, "package with base ../x is not added"],
  ["POST", "/package/nopkg/rebuild", 404, "package with base nopkg is not added"],
  ["POST", "/package/bare/rebuild", 404, "nothing is published"],
  [
    "GET",
    "/package/foo/rebuild?count=abc",
    400,
    "Query deserialize error: invalid digit found in string",
  ],
])("%s %s is %i %s", async (method, path, status, text) => {
  await using api = await setup();

  const response = method === "POST" ? await api.write("POST", path) : await api.request(path);

  expect([response.status, await response.text()]).toEqual([status, text]);
});

test("a rebuild that has not ended has no log, and one of another package is not its own", async () => {
  await using api = await setup();
  await insertPackage(api.world.state, "bar");

  const log = await api.request(`/package/foo/rebuild/${api.waiting}/logs`);
  const other = await api.request(`/package/bar/rebuild/${api.bad}`);

  expect([log.status, await log.text()]).toEqual([404, "rebuild does not have any logs"]);
  expect(other.status).toBe(404);
});

test("without ALLOW_READS reading takes a secret, and ordering always does", async () => {
  await using api = await setup({ ALLOW_READS: "false" });
  const paths = ["", `/${api.bad}`, `/${api.bad}/logs`].map((it) => `/package/foo/rebuild${it}`);

  const reads = await Promise.all(paths.map((path) => api.request(path)));
  const order = await api.request("/package/foo/rebuild", { method: "POST" });

  expect([...reads, order].map(({ status }) => status)).toEqual([401, 401, 401, 401]);
});

test("where no verifier answers, an order is 503", async () => {
  await using api = await setup();
  await api.answered[Symbol.asyncDispose]();

  const response = await api.write("POST", "/package/foo/rebuild");

  expect([response.status, await response.text()]).toEqual([503, "nobody answers rebuild.order"]);
});
