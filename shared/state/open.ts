import { setTimeout as sleep } from "node:timers/promises";
import type { Client, LibsqlError } from "@libsql/client";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
import pLimit from "p-limit";
import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { migrate } from "./migrate.ts";
import type { State } from "./state.ts";

type Opened = { readonly client: Client; readonly database: LibSQLDatabase };

/** Longest wait for another process's lock, and for an answer of a server. */
const patience = { lock: seconds(5), answer: seconds(10) };

const attempts = 5;

/**
 * Opens `file:…`, `http(s)://…` or `libsql://…` and brings its tables up to date.
 * `lock`: milliseconds to wait for another process's lock on a file; the whole process waits.
 */
export const openState = async (
  url: string,
  authToken?: string,
  lock = patience.lock,
): Promise<State> => {
  const { client, database } = url.startsWith("file:")
    ? await openFile(url, lock)
    : await openServer(url, authToken);
  const oneAtATime = pLimit(1);
  await migrate(client, database);

  const state: State = {
    read: database,
    write: (fn) =>
      oneAtATime(async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await database.transaction((transaction) => fn(transaction));
          } catch (error) {
            if (!isBusy(error)) throw error;
            // A client that met SQLITE_BUSY fails every later transaction until it reconnects.
            await client.reconnect();
            if (attempt === attempts)
              throw new Fault("unavailable", "the database is busy", { cause: error });
            await sleep(50 * attempt);
          }
        }
      }),
    ping: async () => void (await client.execute("select 1")),
    [Symbol.asyncDispose]: async () => client.close(),
  };
  return state;
};

const openFile = async (url: string, timeout: number): Promise<Opened> => {
  const { createClient } = await import("@libsql/client");
  const { drizzle } = await import("drizzle-orm/libsql");
  const client = createClient({ url, timeout });
  await client.execute("PRAGMA journal_mode = WAL");
  return { client, database: drizzle(client) };
};

const openServer = async (url: string, authToken?: string): Promise<Opened> => {
  const { createClient } = await import("@libsql/client/web");
  const { drizzle } = await import("drizzle-orm/libsql/web");
  const limited = (input: Request) =>
    fetch(input, { signal: AbortSignal.timeout(patience.answer) });
  const client = createClient({ url, fetch: limited, ...(authToken && { authToken }) });
  return { client, database: drizzle(client) };
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  (codeOf(error) === "SQLITE_BUSY" || (error.cause !== undefined && isBusy(error.cause)));

const codeOf = (error: Error & Partial<Pick<LibsqlError, "code">>) => error.code;
