import { join } from "node:path";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { within } from "#shared/pause.ts";
import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";
import { runScript } from "../../support/child.ts";
import { connectTo } from "../../support/database.ts";
import { makeScratch } from "../../support/scratch.ts";

const freshUrl = (path: string) => `file:${join(path, "state.db")}`;

const lockTable =
  "CREATE TABLE migration_lock (id INTEGER PRIMARY KEY, holder TEXT NOT NULL, expires_at INTEGER NOT NULL)";

test("three processes that open a fresh file at once all find its tables", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);

  await Promise.all(["a", "b", "c"].map((name) => runScript("state-writer.ts", url, name, "1")));

  await using state = await openState(url);
  expect(await state.read.$count(signatures)).toBe(3);
}, 60_000);

test("the lock of a process that died while it migrated ends by itself", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  using client = connectTo(url);
  await client.execute(lockTable);
  await client.execute("INSERT INTO migration_lock VALUES (1, 'dead', 1000)");

  await using state = await openState(url);

  expect(await state.read.$count(signatures)).toBe(0);
  const { rows } = await client.execute("SELECT * FROM migration_lock");
  expect(rows).toEqual([]);
});

test("whoever comes while another migrates waits until it is done", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  using client = connectTo(url);
  await client.execute(lockTable);
  await client.execute("INSERT INTO migration_lock VALUES (1, 'alive', 99999999999999)");

  const opening = openState(url);
  expect(await within(500, opening)).toBe(false);
  await client.execute("DELETE FROM migration_lock");

  await using state = await opening;
  await state.ping();
});

test("who finds the tables up to date waits for nobody", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  {
    await using _ = await openState(url);
  }
  using client = connectTo(url);
  await client.execute("INSERT INTO migration_lock VALUES (1, 'alive', 99999999999999)");

  await using state = await openState(url);

  expect(await state.read.$count(signatures)).toBe(0);
});

const migratedByNewer = new Fault(
  "conflict",
  "a newer version of kiln has migrated the database (this version does not know its migration of 2100-01-01T00:00:00.000Z): run that version or a later one, or restore a backup from before the upgrade",
);

/** What a migration of 2100 leaves: a table that this version does not know, and its record. */
const migrateAsNewer = async (client: ReturnType<typeof connectTo>) => {
  await client.execute("CREATE TABLE of_a_newer_version (id INTEGER PRIMARY KEY)");
  await client.execute({
    sql: "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('newer', ?)",
    args: [Date.UTC(2100, 0, 1)],
  });
};

test("a database that a newer version migrated is refused, and stays as it was", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  {
    await using _ = await openState(url);
  }
  using client = connectTo(url);
  await migrateAsNewer(client);
  const schema = async () => (await client.execute("SELECT sql FROM sqlite_master")).rows;
  const before = await schema();

  await expect(openState(url)).rejects.toEqual(migratedByNewer);

  expect(await schema()).toEqual(before);
});

test("a version that waits for the lock of a newer one refuses once that has migrated", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  using client = connectTo(url);
  await client.execute(lockTable);
  await client.execute("INSERT INTO migration_lock VALUES (1, 'newer', 99999999999999)");

  const opening = openState(url);
  expect(await within(500, opening)).toBe(false);
  await client.execute(
    "CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric)",
  );
  await migrateAsNewer(client);
  await client.execute("DELETE FROM migration_lock");

  await expect(opening).rejects.toEqual(migratedByNewer);
});

test("what an older version left is brought up to date", async () => {
  await using directory = await makeScratch();
  const url = freshUrl(directory.path);
  using client = connectTo(url);
  await client.execute(
    "CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric)",
  );
  await client.execute("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('old', 1000)");

  await using state = await openState(url);

  expect(await state.read.$count(signatures)).toBe(0);
});
