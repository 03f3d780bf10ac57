import { yieldToOthers } from "#shared/pause.ts";

/** Reading so many rows takes some 10 ms. */
const pageSize = 1_000;

/**
 * Reads all rows of a query that may have thousands page by page, and lets other work run in between: the driver reads
 * a file's rows in one turn of the event loop. `page` reads up to `limit` rows that follow `last`, by a key that no two
 * rows share; `undefined` is the start. Rows that are written meanwhile may be missing.
 */
export const readPages = async <Row>(
  page: (last: Row | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<Row[]> => {
  const rows: Row[] = [];
  for (;;) {
    const next = await page(rows.at(-1), pageSize);
    for (const row of next) rows.push(row);
    if (next.length < pageSize) return rows;
    await yieldToOthers();
  }
};
