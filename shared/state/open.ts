import type { Client, LibsqlError } from "@libsql/client";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
import pLimit from "p-limit";
import { Fault } from "#shared/fault.ts";
import { pause, yieldToOthers } from "#shared/pause.ts";
import { shareFor } from "#shared/single-flight.ts";
import { seconds } from "#shared/time.ts";
import type { FileVersion } from "./file-version.ts";
import { migrate } from "./migrate.ts";
import type { State, Transaction } from "./state.ts";

type Opened = {
  readonly client: Client;
  readonly database: LibSQLDatabase;
  readonly version?: FileVersion;
};

/** Longest wait for another process's lock, when opening and when writing, and for an answer of a server. */
const patience = { open: seconds(15), lock: seconds(30), answer: seconds(10) };

/** Longest wait of the driver for a lock: it keeps the whole process waiting. */
const standstill = 100;

/** How long a write has to wait until the database counts as locked. */
const untilLocked = seconds(1);

/**
 * For how long a committed write, of a service or of a ping, proves that the database can be written: so pings take the
 * write lock once a second at most, and not at all while services write.
 */
const proven = seconds(1);

/** For how long a ping that succeeded answers others: each service of a process asks for one at the same time. */
const pinged = 500;

/**
 * Opens `file:…`, `http(s)://…` or `libsql://…` and brings its tables up to date.
 * `lock`: milliseconds for which a write waits for another process's lock on a file.
 */
export const openState = async (
  url: string,
  authToken?: string,
  lock = patience.lock,
): Promise<State> => {
  const { client, database, version } = url.startsWith("file:")
    ? await openFile(url)
    : await openServer(url, authToken);
  const place = url.startsWith("file:")
    ? `the database ${url.slice("file:".length)}`
    : "the database";
  const oneAtATime = pLimit(1);
  let busySince: number | undefined;
  let writtenAt = -Infinity;

  const write = async <T>(fn: (transaction: Transaction) => Promise<T>, longest: number) => {
    const begun = performance.now();
    for (;;) {
      try {
        const result = await database.transaction((transaction) =>
          fn(Object.assign(transaction, { publish: refuseToPublish })),
        );
        busySince = undefined;
        writtenAt = performance.now();
        return result;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal) {
          await client.reconnect();
          throw new Fault("unavailable", `${place} cannot be written to (${refusal}); mend that`, {
            cause: error,
          });
        }
        if (!isBusy(error)) throw error;
        // A client that met SQLITE_BUSY fails every later transaction until it reconnects.
        await client.reconnect();
        busySince ??= begun;
        if (performance.now() - begun > longest)
          throw new Fault("unavailable", "the database is busy", { cause: error });
        await pause(20 + 60 * Math.random());
      }
    }
  };

  const isProven = () => busySince === undefined && performance.now() - writtenAt < proven;
  const ping = async () => {
    await client.execute("select 1");
    if (!url.startsWith("file:") || isProven()) return;
    const probe = oneAtATime(() => write(async () => {}, untilLocked)).then(
      () => false,
      (error: unknown) => error instanceof Fault || Promise.reject(error),
    );
    // Writes under way may keep it waiting: for a lock, or not.
    const locked = pause(2 * untilLocked).then(() => busySince !== undefined);
    if (await Promise.race([probe, locked]))
      throw new Fault("unavailable", "another process keeps the database locked");
  };

  return {
    read: database,
    write: (fn) =>
      oneAtATime(async () => {
        const result = await write(fn, lock);
        // The driver resolves a file's statements in microtasks: without a turn of the event loop, a series of writes
        // would let nothing else run.
        await yieldToOthers();
        return result;
      }),
    version: () => version?.read(),
    ping: shareFor(pinged, ping),
    async [Symbol.asyncDispose]() {
      version?.[Symbol.dispose]();
      client.close();
    },
  };
};

/** Only a service that is started with an outbox publishes in a write. */
const refuseToPublish = async () => {
  throw new TypeError("this write has no outbox to publish from");
};

const openFile = async (url: string): Promise<Opened> => {
  const { createClient } = await import("@libsql/client");
  const { drizzle } = await import("drizzle-orm/libsql");
  const { closeDatabase } = await import("./close-database.ts");
  const patient = createClient({ url, timeout: patience.open });
  let path: string;
  try {
    const { rows } = await patient.execute("PRAGMA database_list");
    path = String(rows[0]?.file);
    await closeDatabase(path);
    await patient.execute("PRAGMA journal_mode = WAL");
    await migrate(patient, drizzle(patient));
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    throw new Fault(
      "unavailable",
      `the database ${url.slice("file:".length)} cannot be opened (${refusal}); mend that`,
      { cause: error },
    );
  } finally {
    patient.close();
  }
  const client = createClient({ url, timeout: standstill });
  const { openFileVersion } = await import("./file-version.ts");
  const version = openFileVersion(path);
  return { client, database: drizzle(client), version };
};

const openServer = async (url: string, authToken?: string): Promise<Opened> => {
  const { createClient } = await import("@libsql/client/web");
  const { drizzle } = await import("drizzle-orm/libsql/web");
  const limited = (input: Request) =>
    fetch(input, { signal: AbortSignal.timeout(patience.answer) });
  const client = createClient({ url, fetch: limited, ...(authToken && { authToken }) });
  const database = drizzle(client);
  await migrate(client, database);
  return { client, database };
};

/** Source: "Result and Error Codes" of SQLite. */
const refusals = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN)(_|$)/;

/** SQLite's name for a disk or a file that cannot be written to; somebody who keeps the disk can mend it. */
const refusalOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return code && refusals.test(code) ? code : refusalOf(error.cause);
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  (codeOf(error) === "SQLITE_BUSY" || (error.cause !== undefined && isBusy(error.cause)));

const codeOf = (error: Error & Partial<Pick<LibsqlError, "code">>) => error.code;
