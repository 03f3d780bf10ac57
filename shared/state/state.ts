import type { LibSQLDatabase } from "drizzle-orm/libsql";
import type { Publication } from "#shared/bus/declare.ts";

/** The statements of one write. */
export type Statements = Pick<
  Parameters<Parameters<LibSQLDatabase["transaction"]>[0]>[0],
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "$count"
>;

/** What a write may use. It is one transaction: its statements and its messages, all or nothing. */
export type Transaction = Statements & {
  /**
   * Has messages published once the write is committed, at least once, in order for its key. Rejects before the
   * commit where a payload is not of the message's schema, or (`Fault` invalid) too large for the bus.
   */
  publish(...publications: readonly Publication[]): Promise<void>;
};

export type Reader = Pick<LibSQLDatabase, "select" | "selectDistinct" | "$count">;

export type State = {
  readonly read: Reader;
  /**
   * Runs `fn` in a write transaction, one at a time in this process; its statements are all it may wait for.
   * It may run more than once: when the database was busy. Other work runs between two writes.
   */
  write<T>(fn: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Another number after every write that anybody committed; undefined where only the tables tell, as on a server. */
  version(): number | undefined;
  /**
   * Resolves when the database can be read and written, as of half a second ago for reads and a second and a half for
   * writes; `Fault` unavailable where another process keeps it locked.
   */
  ping(): Promise<void>;
} & AsyncDisposable;
