import type { Pkgname } from "#shared/model.ts";
import type { Reader } from "#shared/state/state.ts";
import { databaseFiles, type Files, packageFiles, retiredPackageFiles } from "./served-files.ts";
import { findGeneration, newestNumber, readPublished, readWhole } from "./store/current.ts";
import { readRetired } from "./store/requests.ts";

/** The current generation as it is served. */
export type View = {
  /** 0 before the first. */
  readonly number: number;
  /** Packages first, then databases. */
  readonly files: Files;
  /** Of packages that left the repository. */
  readonly retired: Files;
  readonly filenames: ReadonlyMap<string, string>;
};

/** Always the current generation: its tables are kept while its number is the highest. */
export const openView = (read: Reader, name: string) => {
  let kept: View | undefined;
  const newest = newestNumber(read).prepare();
  return async (): Promise<View> => {
    if (kept && kept.number === (await newest.get())?.number) return kept;
    kept = await load(read, name);
    return kept;
  };
};

const load = async (read: Reader, name: string): Promise<View> => {
  const { number, published, retired } = await readWhole(read, async () => ({
    published: await readPublished(read),
    retired: await readRetired(read),
  }));
  const generation = await findGeneration(read, number);
  return {
    number,
    files: new Map([
      ...packageFiles(published),
      ...(generation ? databaseFiles(name, generation) : []),
    ]),
    retired: retiredPackageFiles(retired),
    filenames: new Map(published.map((row): [Pkgname, string] => [row.pkgname, row.filename])),
  };
};
