import { count, desc, eq, inArray, isNull, sum } from "drizzle-orm";
import type { Pkgname } from "#shared/model.ts";
import { artifacts, frames, generations, publications } from "#shared/state/repo.ts";
import type { Reader } from "#shared/state/state.ts";

export type Generation = typeof generations.$inferSelect;

export const newestNumber = (read: Reader) =>
  read
    .select({ number: generations.number })
    .from(generations)
    .orderBy(desc(generations.number))
    .limit(1);

/** The number of the generation that is served, 0 before the first. */
export const currentNumber = async (read: Reader) => {
  const [row] = await newestNumber(read);
  return row?.number ?? 0;
};

export const findGeneration = async (read: Reader, number: number) => {
  const [row] = await read.select().from(generations).where(eq(generations.number, number));
  return row;
};

/** Package files of the current generation, without what only its databases need. */
export const readPublished = (read: Reader) =>
  read
    .select({
      pkgname: artifacts.pkgname,
      pkgbase: artifacts.pkgbase,
      filename: artifacts.filename,
      sha256: artifacts.sha256,
      bytes: artifacts.bytes,
      version: artifacts.version,
      depends: artifacts.depends,
      provides: artifacts.provides,
      signature: artifacts.signature,
      frame: artifacts.frame,
      publishedAt: publications.publishedAt,
    })
    .from(artifacts)
    .innerJoin(publications, eq(publications.pkgbase, artifacts.pkgbase));

export type Published = Awaited<ReturnType<typeof readPublished>>[number];

/** How many packages there are, and what their files come to. */
export const readSize = async (read: Reader) => {
  const row = await read
    .select({ packages: count(), bytes: sum(artifacts.bytes).mapWith(Number) })
    .from(artifacts)
    .get();
  return { packages: row?.packages ?? 0, bytes: row?.bytes ?? 0 };
};

/** Reads tables that change together until no generation came in between. */
export const readWhole = async <T>(read: Reader, whole: () => Promise<T>) => {
  for (;;) {
    const number = await currentNumber(read);
    const result = await whole();
    if ((await currentNumber(read)) === number) return { number, ...result };
  }
};

export type FrameRow = Awaited<ReturnType<typeof readFrames>>[number];

/** Those of the current generation. */
export const readFrames = (read: Reader) =>
  read
    .select({
      id: frames.id,
      firstPkgname: frames.firstPkgname,
      databaseSha256: frames.databaseSha256,
      databaseBytes: frames.databaseBytes,
      filesSha256: frames.filesSha256,
      filesBytes: frames.filesBytes,
    })
    .from(frames)
    .where(isNull(frames.droppedIn));

/** What the databases say of packages, by name. */
export const readEntries = async (read: Reader, pkgnames: readonly Pkgname[]) => {
  const rows = await read
    .select({
      pkgname: artifacts.pkgname,
      version: artifacts.version,
      desc: artifacts.desc,
      sha256: artifacts.sha256,
      filesSha256: artifacts.filesSha256,
    })
    .from(artifacts)
    .where(inArray(artifacts.pkgname, [...pkgnames]));
  return new Map(rows.map((row) => [row.pkgname, row]));
};
