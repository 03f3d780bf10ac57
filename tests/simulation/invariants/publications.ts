import type { Tables } from "../database.ts";
import type { Observer } from "../observer.ts";

type Row = { readonly pkgbase: string; readonly build: string; readonly publishedAt: number };

/** A package is published once for a build. */
export const watchPublications = (tables: Tables, { violated }: Observer) => {
  const publishedAt = new Map<string, number>();
  return {
    written() {
      // Safe: the query names these columns with these types.
      const rows = tables.rows(
        "select pkgbase, build, published_at as publishedAt from publications",
      ) as readonly Row[];
      for (const { pkgbase, build, publishedAt: at } of rows) {
        const before = publishedAt.get(build);
        if (before !== undefined && before !== at)
          violated("a package is published once for a build", `${pkgbase} of ${build}`);
        publishedAt.set(build, at);
      }
    },
  };
};
