import type { Pkgname } from "#shared/model.ts";
import { readOnChange } from "#shared/state/read-on-change.ts";
import type { Reader, State } from "#shared/state/state.ts";
import { databaseFiles, type Files, packageFiles, retiredPackageFiles } from "./served-files.ts";
import {
  type FrameRow,
  findGeneration,
  type Generation,
  newestNumber,
  type Published,
  readFrames,
  readPublished,
  readWhole,
} from "./store/current.ts";
import { readRetired } from "./store/requests.ts";

/** A frame of the databases, and whose entries it holds, in order. */
export type ViewedFrame = Omit<FrameRow, "firstPkgname"> & {
  readonly pkgnames: readonly Pkgname[];
};

/** The current generation as it is served. */
export type View = {
  /** 0 before the first. */
  readonly number: number;
  readonly generation: Generation | undefined;
  /** By pkgname. */
  readonly published: ReadonlyMap<string, Published>;
  /** By their ids. */
  readonly frames: ReadonlyMap<number, ViewedFrame>;
  /** Packages first, then databases. */
  readonly files: Files;
  /** Of packages that left the repository. */
  readonly retired: Files;
};

export type Viewing = {
  /** Always of the current generation: after a write of anybody, by a look at the highest number. */
  (): Promise<View>;
  /** Spares the tables where this process made the generation itself. */
  keep(next: View): void;
};

export const openView = (state: Pick<State, "read" | "version">, name: string): Viewing => {
  const { read } = state;
  let kept: View | undefined;
  const newest = newestNumber(read).prepare();
  const view = async (): Promise<View> => {
    if (kept && kept.number === ((await newest.get())?.number ?? 0)) return kept;
    kept = await loadView(read, name);
    return kept;
  };
  return Object.assign(readOnChange(state, view), {
    keep(next: View) {
      if (next.number > (kept?.number ?? 0)) kept = next;
    },
  });
};

export const loadView = async (read: Reader, name: string): Promise<View> => {
  const { number, published, frames, retired } = await readWhole(read, async () => ({
    published: await readPublished(read),
    frames: await readFrames(read),
    retired: await readRetired(read),
  }));
  const generation = await findGeneration(read, number);
  const names = Map.groupBy(published, ({ frame }) => frame);
  return {
    number,
    generation,
    published: new Map(published.map((row) => [row.pkgname, row])),
    frames: new Map(
      frames.map(({ firstPkgname: _, ...frame }) => {
        const pkgnames = (names.get(frame.id) ?? []).map(({ pkgname }) => pkgname).sort();
        return [frame.id, { ...frame, pkgnames }];
      }),
    ),
    files: new Map([
      ...packageFiles(published),
      ...(generation ? databaseFiles(name, generation) : []),
    ]),
    retired: retiredPackageFiles(retired),
  };
};
