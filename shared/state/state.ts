import type { LibSQLDatabase } from "drizzle-orm/libsql";

/** What a write may use. Its statements are one transaction: all or nothing. */
export type Transaction = Pick<
  Parameters<Parameters<LibSQLDatabase["transaction"]>[0]>[0],
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "$count"
>;

export type Reader = Pick<LibSQLDatabase, "select" | "selectDistinct" | "$count">;

export type State = {
  readonly read: Reader;
  /**
   * Runs `fn` in a write transaction, one at a time in this process; its statements are all it may wait for.
   * It may run more than once: when the database was busy.
   */
  write<T>(fn: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Another number after every write that anybody committed; undefined where only the tables tell, as on a server. */
  version(): number | undefined;
  /** Resolves when the database can be read and written; `Fault` unavailable where another keeps it locked. */
  ping(): Promise<void>;
} & AsyncDisposable;
