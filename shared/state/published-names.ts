import { and, gte, lt, sql } from "drizzle-orm";
import type { Pkgname } from "#shared/model.ts";
import { publishedNames } from "./repo.ts";
import type { Reader } from "./state.ts";

type Recipe = {
  readonly pkgnames: readonly Pkgname[];
  /** `[epoch:]pkgver` */
  readonly pkgver: string;
  readonly pkgrel: string;
};

/** The pkgrels under which packages of a version were ever published: the recipe's own, and `N.k` of it. */
export const usedPkgrels = async (
  read: Pick<Reader, "select">,
  { pkgnames, pkgver, pkgrel }: Recipe,
): Promise<readonly string[]> => {
  const prefixes = pkgnames.map((pkgname) => `${pkgname}-${pkgver}-`);
  const rows = await read
    .select({ filename: publishedNames.filename, prefix: sql<string>`named.value` })
    .from(publishedNames)
    .innerJoin(
      sql`json_each(${JSON.stringify(prefixes)}) as named`,
      // In ASCII, the hyphen and the dot that follow a pkgrel are the characters before the slash.
      and(
        gte(publishedNames.filename, sql`named.value || ${`${pkgrel}-`}`),
        lt(publishedNames.filename, sql`named.value || ${`${pkgrel}/`}`),
      ),
    );
  const used = rows.map(
    ({ filename, prefix }) => /^[^-]+/.exec(filename.slice(prefix.length))?.[0],
  );
  return [...new Set(used.filter((it) => it !== undefined))];
};
