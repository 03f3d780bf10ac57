import Database from "libsql";

export type FileVersion = Disposable & {
  /** Undefined where it cannot be read now. */
  read(): number | undefined;
};

/**
 * A number that changes with every commit to the file but this connection's, which makes none. Prepared once, it
 * takes a fraction of the time of a query. Source: sqlite.org/pragma.html, "PRAGMA data_version".
 */
export const openFileVersion = (path: string): FileVersion => {
  const database = new Database(path, { readonly: true });
  const statement = database.prepare("PRAGMA data_version").raw();
  return {
    read() {
      try {
        const row = statement.get();
        return Array.isArray(row) ? Number(row[0]) : undefined;
      } catch {
        // Who asked looks into the tables, and hears there what is wrong.
        return undefined;
      }
    },
    [Symbol.dispose]: () => void database.close(),
  };
};
