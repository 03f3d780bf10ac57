import { eq } from "drizzle-orm";
import { officialDatabases } from "#shared/state/sources.ts";
import type { Reader, State } from "#shared/state/state.ts";

export const readOfficialDatabases = (read: Reader, repository: string) =>
  read.select().from(officialDatabases).where(eq(officialDatabases.repository, repository)).get();

export const writeOfficialDatabase = async (
  state: State,
  row: typeof officialDatabases.$inferInsert,
) => {
  await state.write((transaction) =>
    transaction
      .insert(officialDatabases)
      .values(row)
      .onConflictDoUpdate({ target: officialDatabases.repository, set: row }),
  );
};
