import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import { chunksOf } from "#shared/in-turns.ts";
import type { Pkgbase, Pkgname } from "#shared/model.ts";
import {
  artifacts,
  frames,
  generations,
  publications,
  publishedNames,
  retiredFiles,
} from "#shared/state/repo.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import { days, seconds } from "#shared/time.ts";
import type { Generation, Published } from "./current.ts";

export type ArtifactRow = Omit<typeof artifacts.$inferInsert, "frame">;

export type WrittenFrame = {
  readonly pkgnames: readonly Pkgname[];
  readonly databaseSha256: string;
  readonly databaseBytes: number;
  readonly filesSha256: string;
  readonly filesBytes: number;
};

export type Committed = {
  readonly kind: "committed";
  readonly generation: Generation;
  /** The written frames, by their ids. */
  readonly frames: ReadonlyMap<number, WrittenFrame>;
};

export type NextGeneration = {
  /** The generation it was made from; it is refused when that is no longer the current one. */
  readonly after: number;
  readonly put: readonly ArtifactRow[];
  /** Packages that leave, or are put anew. */
  readonly taken: readonly Published[];
  readonly droppedFrames: readonly number[];
  readonly writtenFrames: readonly WrittenFrame[];
  readonly generation: Omit<typeof generations.$inferInsert, "number" | "modifiedAt" | "createdAt">;
  readonly publication?: typeof publications.$inferInsert;
  /** Its packages leave. */
  readonly retired?: Pkgbase;
};

/** Generations whose frames and signatures are kept; younger ones than an hour always. */
const keptGenerations = 100;

/** Statements name at most so many rows. */
const batch = 200;

/**
 * Makes a generation the current one, in one transaction. `permits` is asked in it and may refuse.
 * Gives the generation, or why there is none.
 */
export const commitGeneration = (
  state: State,
  next: NextGeneration,
  now: number,
  permits: (tx: Transaction) => Promise<string | undefined>,
) =>
  state.write(async (tx) => {
    const [latest] = await tx
      .select({ number: generations.number, modifiedAt: generations.modifiedAt })
      .from(generations)
      .orderBy(desc(generations.number))
      .limit(1);
    if ((latest?.number ?? 0) !== next.after) return { kind: "outdated" as const };
    const reason = await permits(tx);
    if (reason !== undefined) return { kind: "refused" as const, reason };

    const number = next.after + 1;
    const written = await writeArtifacts(tx, next, number, now);
    if (next.publication) {
      await tx.delete(publications).where(eq(publications.pkgbase, next.publication.pkgbase));
      await tx.insert(publications).values(next.publication);
    }
    if (next.retired) await tx.delete(publications).where(eq(publications.pkgbase, next.retired));

    const wholeSecond = now - (now % seconds(1));
    const modifiedAt = Math.max(wholeSecond, (latest?.modifiedAt ?? 0) + seconds(1));
    const [generation] = await tx
      .insert(generations)
      .values({ ...next.generation, number, modifiedAt, createdAt: now })
      .returning();
    if (!generation) throw new Error("a generation's insert gave no row");
    return { kind: "committed", generation, frames: written } as const satisfies Committed;
  });

const writeArtifacts = async (
  tx: Transaction,
  { put, taken, droppedFrames, writtenFrames }: NextGeneration,
  number: number,
  now: number,
) => {
  const staying = new Set(put.map(({ filename }) => filename));
  for (const { filename, sha256, bytes, signature, publishedAt } of taken)
    if (!staying.has(filename)) {
      const row = { filename, sha256, bytes, signature, publishedAt, retiredAt: now };
      await tx.delete(retiredFiles).where(eq(retiredFiles.filename, filename));
      await tx.insert(retiredFiles).values(row);
    }
  for (const names of chunksOf([...staying], batch))
    await tx.delete(retiredFiles).where(inArray(retiredFiles.filename, names));
  for (const some of chunksOf(taken, batch)) {
    const names = some.map(({ pkgname }) => pkgname);
    await tx.delete(artifacts).where(inArray(artifacts.pkgname, names));
  }

  for (const ids of chunksOf(droppedFrames, batch))
    await tx.update(frames).set({ droppedIn: number }).where(inArray(frames.id, ids));
  for (const rows of chunksOf(put, batch))
    await tx
      .insert(publishedNames)
      .values(rows.map(({ filename, sha256 }) => ({ filename, sha256 })))
      .onConflictDoNothing();
  const rows = new Map(put.map((row) => [row.pkgname, row]));
  const written = new Map<number, WrittenFrame>();
  for (const frame of writtenFrames) {
    const { pkgnames, ...content } = frame;
    const firstPkgname = pkgnames[0] ?? "";
    const [row] = await tx
      .insert(frames)
      .values({ ...content, firstPkgname, addedIn: number })
      .returning({ id: frames.id });
    if (!row) throw new Error("a frame's insert gave no row");
    written.set(row.id, frame);
    await tx
      .update(artifacts)
      .set({ frame: row.id })
      .where(inArray(artifacts.pkgname, [...pkgnames]));
    const come = pkgnames.flatMap((pkgname) => rows.get(pkgname) ?? []);
    if (come.length > 0)
      await tx.insert(artifacts).values(come.map((it) => ({ ...it, frame: row.id })));
  }
  return written;
};

/**
 * Forgets files that left the repository long ago, so that every process has taken them away, and generations of long
 * ago with the frames that only they had.
 */
export const forgetPast = (state: State, now: number) =>
  state.write(async (tx) => {
    await tx.delete(retiredFiles).where(lt(retiredFiles.retiredAt, now - days(1)));
    await tx
      .delete(generations)
      .where(
        and(
          sql`${generations.number} <= (select max(number) from generations) - ${keptGenerations}`,
          lt(generations.createdAt, now - seconds(3600)),
        ),
      );
    await tx
      .delete(frames)
      .where(sql`${frames.droppedIn} <= (select min(number) from generations)`);
  });
