import { and, asc, eq, or, type SQLWrapper, sql } from "drizzle-orm";
import { Fault } from "#shared/fault.ts";
import type { Pkgbase, Pkgname } from "#shared/model.ts";
import { parseSrcinfo, pkgnamesOf } from "#shared/pacman/srcinfo.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { Reader } from "#shared/state/state.ts";
import { notAdded, present } from "./shown.ts";

/**
 * Finds the pkgbase that a name means: the name itself where it is a pkgbase (also one that is being removed), else the
 * pkgbase whose published package or whose source has the name.
 */
export const findBase = async (read: Reader, name: string): Promise<Pkgbase | undefined> => {
  const own = await read
    .select({ pkgbase: packages.pkgbase })
    .from(packages)
    // Safe: compared only.
    .where(eq(packages.pkgbase, name as Pkgbase))
    .get();
  if (own) return own.pkgbase;
  const published = await read
    .select({ pkgbase: artifacts.pkgbase })
    .from(artifacts)
    .innerJoin(packages, eq(packages.pkgbase, artifacts.pkgbase))
    // Safe: compared only.
    .where(and(eq(artifacts.pkgname, name as Pkgname), present))
    .get();
  return published?.pkgbase ?? (await findBaseBySource(read, name));
};

/** `instr` narrows the sources down to a few, so that only those are parsed. */
const findBaseBySource = async (read: Reader, name: string) => {
  const rows = await read
    .select({ pkgbase: packages.pkgbase, srcinfo: sources.srcinfo })
    .from(packages)
    .innerJoin(
      sourceChecks,
      and(eq(sourceChecks.pkgbase, packages.pkgbase), eq(sourceChecks.specHash, packages.specHash)),
    )
    .innerJoin(sources, eq(sources.id, sourceChecks.source))
    .where(and(present, sql`instr(${sources.srcinfo}, ${name}) > 0`))
    .orderBy(asc(packages.position));
  return rows.find(({ srcinfo }) => namesIn(srcinfo).includes(name))?.pkgbase;
};

/** A stored source that cannot be parsed has no names, and hides those of no other. */
const namesIn = (srcinfo: string): readonly string[] => {
  try {
    return pkgnamesOf(parseSrcinfo(srcinfo));
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
};

/** As `findBase`. `Fault` missing names what is added under similar names. */
export const demandBase = async (read: Reader, name: string): Promise<Pkgbase> => {
  const base = await findBase(read, name);
  if (base === undefined) throw notAdded(name, await listSimilar(read, name));
  return base;
};

/** Names that a refusal lists. */
const mostSimilar = 5;

/** A name of fewer characters is part of too many others. */
const shortest = 3;

/** Pkgbases and published packages whose names hold the name, or are part of the name; the closest in length first. */
const listSimilar = async (read: Reader, name: string): Promise<string[]> => {
  if (name.length < shortest) return [];
  const isSimilar = (column: SQLWrapper) =>
    and(
      sql`length(${column}) >= ${shortest}`,
      or(
        sql`instr(lower(${column}), lower(${name})) > 0`,
        sql`instr(lower(${name}), lower(${column})) > 0`,
      ),
    );
  const bases = await read
    .select({ name: packages.pkgbase })
    .from(packages)
    .where(and(isSimilar(packages.pkgbase), present))
    .orderBy(sql`abs(length(${packages.pkgbase}) - ${name.length})`, asc(packages.pkgbase))
    .limit(mostSimilar);
  const members = await read
    .select({ name: artifacts.pkgname })
    .from(artifacts)
    .where(isSimilar(artifacts.pkgname))
    .orderBy(sql`abs(length(${artifacts.pkgname}) - ${name.length})`, asc(artifacts.pkgname))
    .limit(mostSimilar);
  return [...new Set<string>([...bases, ...members].map((it) => it.name))].slice(0, mostSimilar);
};
