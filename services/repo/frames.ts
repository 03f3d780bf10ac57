/** A compressed piece of the databases, and whose entries it holds, in order. */
export type Frame<Name extends string> = {
  readonly id: number;
  readonly pkgnames: readonly Name[];
};

/** A frame of the next databases: one that stays as it is, or one to be written. */
export type NextFrame<Name extends string> =
  | { readonly kind: "kept"; readonly id: number; readonly pkgnames: readonly Name[] }
  | { readonly kind: "written"; readonly pkgnames: readonly Name[] };

/** How many entries a frame may hold. */
const most = 64;

/** A changed frame that holds fewer joins a neighbour. */
const few = 16;

/** Room left in joined frames, so that the next entry does not split them again. */
const joined = 48;

/**
 * The frames after entries went and came, with as few written anew as can be.
 * `gone` and `come` may name the same entry: it is written again.
 */
export const planFrames = <Name extends string>(
  frames: readonly Frame<Name>[],
  gone: ReadonlySet<Name>,
  come: ReadonlySet<Name>,
): NextFrame<Name>[] => {
  const sorted = frames.toSorted((a, b) => compare(a.pkgnames[0], b.pkgnames[0]));
  const pieces = sorted.map(keep);
  for (const [at, piece] of pieces.entries())
    if (piece.pkgnames.some((pkgname) => gone.has(pkgname) || come.has(pkgname)))
      pieces[at] = write(piece.pkgnames.filter((name) => !gone.has(name) && !come.has(name)));

  const firsts = sorted.map(({ pkgnames }) => pkgnames[0] ?? "");
  for (const [at, names] of Map.groupBy(come, (pkgname) => placeOf(firsts, pkgname))) {
    const here = pieces[at]?.pkgnames ?? [];
    pieces[at] = write([...here, ...names].sort(compare));
  }
  return join(pieces.filter(({ pkgnames }) => pkgnames.length > 0)).flatMap(split);
};

/** Frames follow one another by the bytes of their names, whatever the language. */
const compare = (a = "", b = "") => (a < b ? -1 : a > b ? 1 : 0);

const keep = <Name extends string>({ id, pkgnames }: Frame<Name>): NextFrame<Name> => ({
  kind: "kept",
  id,
  pkgnames,
});

const write = <Name extends string>(pkgnames: readonly Name[]): NextFrame<Name> => ({
  kind: "written",
  pkgnames,
});

/** The last frame that begins before a name, or the first one. */
const placeOf = (firsts: readonly string[], pkgname: string) =>
  Math.max(
    0,
    firsts.findLastIndex((first) => first <= pkgname),
  );

const join = <Name extends string>(pieces: readonly NextFrame<Name>[]) => {
  const done: NextFrame<Name>[] = [];
  for (const piece of pieces) {
    const last = done.at(-1);
    const size = (last?.pkgnames.length ?? 0) + piece.pkgnames.length;
    if (last && size <= joined && (isFew(last) || isFew(piece)))
      done[done.length - 1] = write([...last.pkgnames, ...piece.pkgnames]);
    else done.push(piece);
  }
  return done;
};

const isFew = ({ kind, pkgnames }: NextFrame<string>) =>
  kind === "written" && pkgnames.length < few;

/** Into parts of the same size. */
const split = <Name extends string>(piece: NextFrame<Name>): NextFrame<Name>[] => {
  const { pkgnames } = piece;
  if (pkgnames.length <= most) return [piece];
  const size = Math.ceil(pkgnames.length / Math.ceil(pkgnames.length / most));
  const starts = Array.from({ length: Math.ceil(pkgnames.length / size) }, (_, i) => i * size);
  return starts.map((start) => write(pkgnames.slice(start, start + size)));
};
