import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { RecipeInfo } from "#shared/recipe-views.ts";
import { openState } from "#shared/state/open.ts";
import { minutes } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { api } from "../../services/api/service.ts";
import { repo } from "../../services/repo/service.ts";
import { signer } from "../../services/signer/service.ts";
import { openBusStore } from "../support/bus-store.ts";
import { connectTo } from "../support/database.ts";
import { hashFiles, startUpgraded, unpackOldKiln } from "../support/upgraded.ts";

/** Packages whose build no builder had finished, and all whose build had not ended, in the order of their adds. */
const unbuilt = ["up-runs", "up-follows", "up-waits", "up-unplanned", "up-owed"];
const unended = [
  "up-runs",
  "up-follows",
  "up-finished",
  "up-parked",
  "up-waits",
  "up-unplanned",
  "up-owed",
];

const removed = ["up-gone", "up-half", "up-hidden"];

const published = ["up-proven", "up-lib", "up-app", "up-split", "up-devel"];

const failed = ["up-fails", "up-unmet"];

test("the store of the old kiln holds the messages that wait, however long ago it was made", async () => {
  await using old = await unpackOldKiln();

  await using store = await openBusStore(old.directory);

  expect(await store.backlog()).toMatchObject({
    "builder-build-requested-arch-build": { waiting: 1, working: 1 },
    "builder-rebuild-requested-arch-rebuild": { waiting: 0, working: 1 },
    "scheduler-build-finished": { waiting: 1, working: 0 },
    "repo-publish-requested-build": { waiting: 1, working: 0 },
    "repo-package-removed": { waiting: 1, working: 0 },
    "scheduler-package-removed": { waiting: 1, working: 0 },
    "verifier-package-removed": { waiting: 2, working: 0 },
  });
});

test("no row of the old kiln is lost or changed by the migrations of this version", async () => {
  await using old = await unpackOldKiln();
  const url = `file:${join(old.directory, "state.db")}`;

  {
    await using _ = await openState(url);
  }

  using client = connectTo(url);
  const { __drizzle_migrations: _, ...tables } = old.expected.rows;
  for (const [table, rows] of Object.entries(tables)) {
    const { columns, rows: found } = await client.execute(
      `SELECT * FROM "${table}" ORDER BY rowid`,
    );
    const known = (row: object) =>
      Object.fromEntries(columns.map((column) => [column, Reflect.get(row, column)]));
    const kept = (row: object) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column)));
    expect(found.map(known), table).toMatchObject(rows.map(kept));
  }
});

test("the old kiln's builds are counted from 0, and the names it published are remembered", async () => {
  await using old = await unpackOldKiln();
  const url = `file:${join(old.directory, "state.db")}`;

  {
    await using _ = await openState(url);
  }

  using client = connectTo(url);
  const rowsOf = async (query: string) =>
    (await client.execute(query)).rows.map((row) => Object.values(row));
  const builds = await rowsOf("SELECT pkgbase, number FROM builds ORDER BY pkgbase, ordered_at");
  const counted = new Map<unknown, number>();
  for (const [pkgbase, number] of builds) {
    expect(number, String(pkgbase)).toBe(counted.get(pkgbase) ?? 0);
    counted.set(pkgbase, Number(number) + 1);
  }
  expect(Math.max(...counted.values())).toBeGreaterThan(1);
  const names = "SELECT filename, sha256 FROM";
  expect(await rowsOf(`${names} artifacts EXCEPT ${names} published_names`)).toEqual([]);
  expect(await rowsOf("SELECT count(*) FROM frames WHERE dropped_in IS NOT NULL")).toEqual([[0]]);
  expect(await rowsOf("SELECT DISTINCT added_in FROM frames")).toEqual(
    await rowsOf("SELECT max(number) FROM generations"),
  );
});

test(
  "until something is published, this version answers and serves what the old one did, byte for byte",
  async () => {
    await using old = await unpackOldKiln();
    const { answers, served, blobs, secret } = old.expected;

    await using kiln = await startUpgraded(old, [
      signer,
      { ...repo, consumes: [], answers: [] },
      api,
    ]);

    expect(await kiln.served(Object.keys(served))).toEqual(served);
    for (const [path, answer] of Object.entries(answers)) {
      const found = await (await kiln.request(path)).text();
      expect(path === "/key" ? found : JSON.parse(found), path).toEqual(
        path === "/key" ? answer : JSON.parse(answer),
      );
    }
    expect((await kiln.request("/package/list", `not ${secret}`)).status).toBe(403);
    expect(await hashFiles(join(old.directory, "blobs"), Object.keys(blobs))).toEqual(blobs);
  },
  minutes(2),
);

test(
  "what the old kiln was doing when it was killed ends once, and what it had published stays",
  async () => {
    await using old = await unpackOldKiln();
    const { answers, served, rows } = old.expected;
    const secrets = await hashFiles(old.directory, ["authorized_secrets", "sign_key.asc"]);
    const packageFiles = Object.entries(served).filter(([path]) => !path.includes("/serene."));
    const answered = (path: string) => JSON.parse(answers[path] ?? "null");
    {
      await using kiln = await startUpgraded(old, all);
      await kiln.untilIdle();

      const builds = await kiln.builds();
      expect(Object.keys(builds)).toEqual([...published, ...failed, ...unended]);
      for (const pkgbase of unended)
        expect(builds[pkgbase], pkgbase).toMatchObject([{ state: { state: "success" } }]);
      for (const pkgbase of [...published, ...failed])
        expect(builds[pkgbase], pkgbase).toEqual(answered(`/package/${pkgbase}/build`));
      expect(await kiln.rebuildsOf("up-proven")).toMatchObject([{ status: "GOOD" }]);
      expect(await kiln.rebuildsOf("up-lib")).toEqual(answered("/package/up-lib/rebuild"));
      expect(kiln.started.map((labels) => labels["kiln.pkgbase"]).sort()).toEqual(
        [...unbuilt, "up-proven"].sort(),
      );

      expect(await kiln.entries()).toEqual(
        [
          ...["up-app-1-1", "up-devel-2-1", "up-lib-1-2", "up-proven-1-1"],
          ...["up-split-one-1-1", "up-split-two-1-1"],
          ...unended.map((pkgbase) => `${pkgbase}-1-1`),
        ].sort(),
      );
      const paths = packageFiles.map(([path]) => path);
      expect(await kiln.served(paths)).toEqual(Object.fromEntries(packageFiles));
      for (const pkgbase of ["up-lib", "up-app"]) {
        const shown = await kiln.request(`/packages/${pkgbase}/recipe?of=published&against=next`);
        expect(v.parse(RecipeInfo, await shown.json()).files, pkgbase).toMatchObject([
          { path: "PKGBUILD", hunks: [] },
        ]);
      }
      const split = await (await kiln.request("/package/up-split")).json();
      expect(split).toEqual(answered("/package/up-split"));
    }

    expect(await hashFiles(old.directory, Object.keys(secrets))).toEqual(secrets);
    using client = connectTo(`file:${join(old.directory, "state.db")}`);
    for (const table of [
      "packages",
      "sources",
      "builds",
      "rebuilds",
      "publications",
      "artifacts",
    ]) {
      const sql = `SELECT pkgbase FROM ${table} WHERE pkgbase IN ('${removed.join("', '")}')`;
      expect((await client.execute(sql)).rows, table).toEqual([]);
    }
    await using store = await openBusStore(old.directory);
    const ended = await store.countsOf("build.ended");
    expect(Object.keys(ended)).toEqual(
      expect.arrayContaining((rows.builds ?? []).map(({ id }) => id)),
    );
    for (const subject of ["build.ended", "repo.published", "rebuild.ended"])
      expect(new Set(Object.values(await store.countsOf(subject))), subject).toEqual(new Set([1]));
  },
  minutes(5),
);
