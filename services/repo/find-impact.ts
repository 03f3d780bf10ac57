import type { Impact } from "#shared/messages/repo.ts";
import { findBroken } from "#shared/pacman/find-broken.ts";
import { vercmp } from "#shared/pacman/vercmp.ts";
import type { ArtifactRow } from "./store/commit.ts";
import type { Published } from "./store/current.ts";

type Row = Pick<Published, "pkgname" | "pkgbase" | "version" | "depends" | "provides">;

/** What it means for clients that packages are taken out of those published, and others put in. */
export const findImpact = (
  published: ReadonlyMap<string, Row>,
  taken: readonly Row[],
  put: readonly Pick<ArtifactRow, "pkgname" | "version" | "provides">[],
): Impact => {
  const gone = new Set(taken.map(({ pkgname }) => pkgname));
  const staying =
    taken.length === 0 ? [] : [...published.values()].filter(({ pkgname }) => !gone.has(pkgname));
  const broken = findBroken(
    staying.map(installableOf),
    taken.map(candidateOf),
    put.map(candidateOf),
  );
  return {
    breaks: broken.map(({ package: { row }, dependency }) => ({
      pkgname: row.pkgname,
      pkgbase: row.pkgbase,
      dependency,
    })),
    backwards: put.flatMap(({ pkgname, version: to }) => {
      const from = published.get(pkgname)?.version;
      return from !== undefined && vercmp(to, from) < 0 ? [{ pkgname, from, to }] : [];
    }),
  };
};

const candidateOf = ({
  pkgname,
  version,
  provides,
}: Pick<Row, "pkgname" | "version" | "provides">) => ({
  name: pkgname,
  version,
  provides,
});

const installableOf = (row: Row) => ({ ...candidateOf(row), depends: row.depends, row });
