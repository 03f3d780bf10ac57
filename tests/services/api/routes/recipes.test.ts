import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { orderBuilds } from "#shared/messages/build.ts";
import { SessionId, SourceId } from "#shared/model.ts";
import { Ordered, RecipeInfo, SourceList } from "#shared/recipe-views.ts";
import { publications } from "#shared/state/repo.ts";
import { sources } from "#shared/state/sources.ts";
import { insertBuildOf, startApi } from "../../../support/api.ts";
import { tarOf } from "../../../support/archive.ts";
import { insertPackage, insertSource } from "../../../support/rows.ts";

const unknown = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

/** A package that was published from one state of its source, and has another since. */
const setup = async () => {
  const api = await startApi();
  const { state, blobs } = api.world;
  const first = await insertPackage(state, "foo");
  const { pkgbase } = first;
  const withFiles = async (id: SourceId, pkgbuild: string) => {
    const snapshot = await blobs.put(await tarOf([["PKGBUILD", pkgbuild]]));
    await state.write((tx) =>
      tx.update(sources).set({ snapshotSha256: snapshot.sha256 }).where(eq(sources.id, id)),
    );
    return id;
  };
  const published = await withFiles(first.source, "pkgname=foo\npkgver=1\n");
  const { source } = await insertSource(state, "foo", { at: 5 });
  const next = await withFiles(source, "pkgname=foo\npkgver=2\n");
  const build = await insertBuildOf(api.world, pkgbase, { source: published, state: "success" });
  await state.write((tx) =>
    tx.insert(publications).values({
      pkgbase,
      build,
      version: "1-1",
      srcinfo: "",
      pkgbuild: "",
      source: published,
      sourceState: "one",
      publishedAt: 1,
    }),
  );
  const show = async (query: string) => {
    const response = await api.request(`/packages/foo/recipe${query}`);
    return v.parse(RecipeInfo, await response.json());
  };
  return {
    ...api,
    pkgbase,
    published,
    next,
    build,
    show,
    [Symbol.asyncDispose]: api[Symbol.asyncDispose],
  };
};

test("what the next build changes of what is published is shown line by line", async () => {
  await using api = await setup();

  const recipe = await api.show("?of=next&against=published");

  expect({ of: recipe.of, against: recipe.against }).toEqual({
    of: api.next,
    against: api.published,
  });
  expect(recipe.files).toMatchObject([
    { path: "PKGBUILD", hunks: [{ lines: [" pkgname=foo", "-pkgver=1", "+pkgver=2"] }] },
  ]);
});

test("a source is named by its id, or by a build that is of it", async () => {
  await using api = await setup();

  const names = [api.published, api.build, "latest", "0", "published"];
  const shown = await Promise.all(names.map((name) => api.show(`?of=${name}`)));

  expect(shown.map(({ of, against }) => [of, against])).toEqual(
    names.map(() => [api.published, null]),
  );
  expect(shown[0]?.files).toMatchObject([{ path: "PKGBUILD", text: "pkgname=foo\npkgver=1\n" }]);
});

test("sources are listed with what is built from them, the newest first", async () => {
  await using api = await setup();

  const response = await api.request("/packages/foo/sources");

  const { checked, problem, sources: list } = v.parse(SourceList, await response.json());
  expect({ checked, problem }).toEqual({ checked: "1970-01-01T00:00:00.005Z", problem: null });
  expect(list.map(({ id, published, next, builds }) => ({ id, published, next, builds }))).toEqual([
    { id: api.next, published: false, next: true, builds: [] },
    { id: api.published, published: true, next: false, builds: ["2026-01-01T00:00:00.000Z"] },
  ]);
});

test("a source's files come as a tar", async () => {
  await using api = await setup();

  const response = await api.request(`/packages/foo/sources/${api.next}`);

  expect(response.headers.get("content-type")).toBe("application/x-tar");
  expect(await response.text()).toContain("pkgver=2");
});

test("an unknown source is 404, one that was built and is no longer kept is 410, each with those there are", async () => {
  await using api = await setup();
  const swept = v.parse(SourceId, unknown);

  const missing = await api.request(`/packages/foo/recipe?of=${unknown}`);
  const build = await insertBuildOf(api.world, api.pkgbase, { source: swept });
  const gone = await api.request(`/packages/foo/recipe?of=${build}`);

  const type = "about:blank";
  const ids = [api.next, api.published];
  expect(missing.headers.get("content-type")).toBe("application/problem+json");
  expect(await missing.json()).toEqual({
    type,
    title: "Not Found",
    status: 404,
    detail: `the source of foo ${unknown} is not there`,
    sources: ids,
  });
  expect(gone.status).toBe(410);
  expect(await gone.json()).toEqual({
    type,
    title: "Gone",
    status: 410,
    detail: `the source of foo ${build} is no longer kept`,
    sources: ids,
  });
});

test.each(["recipe", "recipe?of=nonsense", "sources", `sources/${unknown}`])(
  "%s of a package that is not added is 404",
  async (path) => {
    await using api = await startApi();

    const response = await api.request(`/packages/nopkg/${path}`);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: "package with base nopkg is not added" });
  },
);

test.each(["recipe", "sources/next"])(
  "%s of files that are lost is kiln's own trouble",
  async (path) => {
    await using api = await startApi();
    await insertPackage(api.world.state, "foo");

    const response = await api.request(`/packages/foo/${path}`);

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^the source's files cannot be read: /),
    });
  },
);

test("a build is ordered from an older source, once for a key", async () => {
  await using api = await setup();

  const response = await api.write("POST", "/packages/foo/build", { source: api.published });

  const { session } = v.parse(Ordered, await response.json());
  expect(api.orders).toEqual([
    v.parse(orderBuilds.request, {
      session: v.parse(SessionId, session),
      packages: ["foo"],
      sources: { foo: api.published },
      reason: "manual",
      resolve: true,
      force: false,
    }),
  ]);
});

test("a build from a source of another package is refused, and nothing is ordered", async () => {
  await using api = await setup();
  const other = await insertPackage(api.world.state, "other");

  const response = await api.write("POST", "/packages/foo/build", { source: other.source });

  expect(response.status).toBe(404);
  expect(api.orders).toEqual([]);
});

test("reading takes a secret unless everyone may read, and a build always takes one", async () => {
  await using api = await startApi({ ALLOW_READS: "false" });

  const asked = [
    await api.request("/packages/foo/recipe"),
    await api.request("/packages/foo/sources"),
    await api.request("/packages/foo/build", { method: "POST" }),
  ];

  expect(asked.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(await asked[0]?.json()).toMatchObject({ detail: "no secret provided" });
});
