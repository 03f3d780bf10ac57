import { Fault } from "#shared/fault.ts";
import type { Pkgbase } from "#shared/model.ts";
import type { publications } from "#shared/state/repo.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { Repo } from "./context.ts";
import { planFrames } from "./frames.ts";
import { piecesOf, putDatabase, writeFrames } from "./put-database.ts";
import { signAnew, signDatabase } from "./sign-database.ts";
import { type ArtifactRow, commitGeneration } from "./store/commit.ts";
import { type Published, readFrames, readPublished, readWhole } from "./store/current.ts";

export type Change = {
  /** All its packages leave, but for those in `put`. */
  readonly pkgbase?: Pkgbase;
  readonly put: readonly ArtifactRow[];
  readonly publication?: typeof publications.$inferInsert;
  /** Asked within the write that makes it current: a reason why it may no longer. */
  permits?(tx: Transaction): Promise<string | undefined>;
};

export type Changed =
  | { readonly kind: "committed"; readonly number: number }
  | { readonly kind: "refused"; readonly reason: string };

/** How often a generation is made anew because another process made one first. */
const attempts = 20;

/**
 * Writes the next generation and makes it the current one. Until the one write at its end nothing of it is seen;
 * what a process that dies leaves behind are blobs nobody names.
 */
export const changeRepository = (context: Repo, change: Change): Promise<Changed> =>
  context.oneAtATime(async () => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const outcome = await tryChange(context, change);
      if (outcome.kind !== "outdated") return outcome;
    }
    throw new Fault(
      "conflict",
      `other processes changed the repository ${attempts} times meanwhile`,
    );
  });

const tryChange = async (context: Repo, change: Change) => {
  const { blobs, now, state } = context;
  const current = await readWhole(state.read, async () => ({
    published: await readPublished(state.read),
    frames: await readFrames(state.read),
  }));
  const reason = findOther(current.published, change);
  if (reason !== undefined) return { kind: "refused" as const, reason };

  const anew = await signAnew(context, change);
  const put = [...change.put, ...anew];
  const come = new Set(put.map(({ pkgname }) => pkgname));
  const taken = current.published.filter(
    ({ pkgname, pkgbase }) => come.has(pkgname) || pkgbase === change.pkgbase,
  );
  const gone = new Set(taken.map(({ pkgname }) => pkgname));
  const planned = planFrames(framesOf(current.published), gone, come);
  const kept = new Set(planned.flatMap((frame) => (frame.kind === "kept" ? frame.id : [])));

  const written = await writeFrames(context, planned, put);
  const pieces = piecesOf(planned, current.frames, written);
  const databaseFrames = pieces.map((piece) => piece.databaseSha256);
  const filesFrames = pieces.map((piece) => piece.filesSha256);
  const database = await putDatabase(blobs, databaseFrames);
  const files = await putDatabase(blobs, filesFrames);
  return commitGeneration(
    state,
    {
      after: current.number,
      put,
      taken,
      droppedFrames: current.frames.map(({ id }) => id).filter((id) => !kept.has(id)),
      writtenFrames: written,
      generation: {
        databaseSha256: database.sha256,
        databaseBytes: database.bytes,
        filesSha256: files.sha256,
        filesBytes: files.bytes,
        databaseSignature: await signDatabase(context, database, databaseFrames),
        filesSignature: await signDatabase(context, files, filesFrames),
      },
      ...(change.publication && { publication: change.publication }),
      ...(change.pkgbase && !change.publication && { retired: change.pkgbase }),
    },
    now(),
    async (tx) => change.permits?.(tx),
  );
};

/** A package name has one pkgbase. */
const findOther = (published: readonly Published[], { pkgbase, put }: Change) => {
  const names = new Set(put.map(({ pkgname }) => pkgname));
  const other = published.find((row) => names.has(row.pkgname) && row.pkgbase !== pkgbase);
  return other && `${other.pkgname} is published by ${other.pkgbase} already; remove that first`;
};

const framesOf = (published: readonly Published[]) => {
  const byFrame = Map.groupBy(published, ({ frame }) => frame);
  return [...byFrame].map(([id, rows]) => ({
    id,
    pkgnames: rows.map(({ pkgname }) => pkgname).sort(),
  }));
};
