import { fileURLToPath } from "node:url";
import type { Client } from "@libsql/client";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { mayRead } from "#shared/runtime.ts";
import { seconds } from "#shared/time.ts";
import journal from "./migrations/meta/_journal.json" with { type: "json" };

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

/** drizzle knows a migration by its time. */
const newest = Math.max(...journal.entries.map(({ when }) => when));

/** How long a process that died while migrating keeps the others waiting. */
const expiry = seconds(30);

/**
 * Brings the tables up to date, or waits until another process has where files are out of reach.
 * `Fault` conflict where a newer version of kiln has migrated the database: nothing is changed then.
 */
export const migrate = async (client: Client, database: LibSQLDatabase) => {
  if (await isUpToDate(client)) return;
  if (mayRead(migrationsFolder)) return apply(client, database);
  for (let waited = 0; !(await isUpToDate(client)); waited += 200) {
    if (waited > 2 * expiry)
      throw new Fault(
        "unavailable",
        "the database has not the tables of this version, and what makes them may not be read here: start another service first",
      );
    await pause(200);
  }
};

const isUpToDate = async (client: Client) => {
  const tables = await client.execute(
    "SELECT name FROM sqlite_master WHERE name = '__drizzle_migrations'",
  );
  if (tables.rows.length === 0) return false;
  const { rows } = await client.execute("SELECT max(created_at) FROM __drizzle_migrations");
  const applied = Number(rows[0]?.[0]);
  if (applied > newest)
    throw new Fault(
      "conflict",
      `a newer version of kiln has migrated the database (this version does not know its migration of ${new Date(applied).toISOString()}): run that version or a later one, or restore a backup from before the upgrade`,
    );
  return applied === newest;
};

/**
 * drizzle takes no lock of its own, so a row of the same database is one;
 * its times are the database's, as the clocks of several hosts differ.
 */
const apply = async (client: Client, database: LibSQLDatabase) => {
  const { migrate: applyMigrations } = await import("drizzle-orm/libsql/migrator");
  const holder = crypto.randomUUID();
  await client.execute(
    "CREATE TABLE IF NOT EXISTS migration_lock (id INTEGER PRIMARY KEY, holder TEXT NOT NULL, expires_at INTEGER NOT NULL)",
  );
  for (let waited = 0; !(await take(client, holder)); waited += 200) {
    if (waited > 2 * expiry)
      throw new Fault(
        "unavailable",
        "another process has been migrating the database for a minute",
      );
    await pause(200);
  }
  try {
    // Another process, perhaps of a newer version, may have migrated while this one waited for the lock.
    if (!(await isUpToDate(client))) await applyMigrations(database, { migrationsFolder });
  } finally {
    await client.execute({ sql: "DELETE FROM migration_lock WHERE holder = ?", args: [holder] });
  }
};

const take = async (client: Client, holder: string) => {
  const now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  const { rowsAffected } = await client.execute({
    sql: `INSERT INTO migration_lock (id, holder, expires_at) VALUES (1, ?, ${now} + ?)
      ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE migration_lock.expires_at < ${now}`,
    args: [holder, expiry],
  });
  return rowsAffected === 1;
};
