import { and, isNotNull, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { yieldToOthers } from "#shared/pause.ts";
import type { Reader } from "../state.ts";

/** What blobs are, for a person. A blob of several kinds counts as the first of them. */
export const blobKinds = [
  "published packages",
  "repository databases",
  "official databases",
  "sources",
  "logs",
  "packages of earlier builds",
  "what builds were made from",
  "unused",
] as const;
export type BlobKind = (typeof blobKinds)[number];

/** A column of a table that names blobs, which are kept as long as the row names them. */
export type Root = {
  readonly kind: BlobKind;
  /** The hash of a blob, or a text that has such hashes anywhere in it, as JSON has. */
  readonly column: SQLiteColumn;
  /** What is read in the column's place: the same text without the blobs that are needed no longer. */
  readonly text?: SQL;
  /** The rows whose blobs are still needed, at an instant in milliseconds; absent: all. */
  readonly where?: (now: number) => SQL | undefined;
};

/** Rows that are read at once. */
const page = 2_000;

/** The hashes in a text. */
export function* hashesIn(text: string) {
  for (const [hash] of text.matchAll(hashes)) yield hash;
}

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** The hashes of the blobs that a root names. Other work of the process goes on between the pages. */
export async function* readRoot(
  read: Reader,
  { column, text, where }: Root,
  now: number,
): AsyncGenerator<string> {
  const { table } = column;
  let after = -1;
  for (;;) {
    const rows = await read
      .select({ row: sql<number>`${table}.rowid`, text: sql<string>`${text ?? column}` })
      .from(sql`${table}`)
      .where(and(sql`${table}.rowid > ${after}`, isNotNull(column), where?.(now)))
      .orderBy(sql`${table}.rowid`)
      .limit(page);
    for (const { text } of rows) yield* hashesIn(text);
    const last = rows.at(-1);
    if (rows.length < page || !last) return;
    after = last.row;
    await yieldToOthers();
  }
}
