import { Fault } from "#shared/fault.ts";
import type { Pkgbase } from "#shared/model.ts";
import type { publications } from "#shared/state/repo.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { Repo } from "./context.ts";
import { findImpact } from "./find-impact.ts";
import { planFrames } from "./frames.ts";
import { type Mending, mendAfter, nothingToMend } from "./mend.ts";
import { nextView } from "./next-view.ts";
import { piecesOf, putDatabase, writeFrames } from "./put-database.ts";
import { signAnew, signDatabase } from "./sign-database.ts";
import {
  type ArtifactRow,
  type Committed,
  commitGeneration,
  type NextGeneration,
} from "./store/commit.ts";
import type { Generation } from "./store/current.ts";
import type { View } from "./view.ts";

export type Change = {
  /** All its packages leave, but for those in `put`. */
  readonly pkgbase?: Pkgbase;
  readonly put: readonly ArtifactRow[];
  readonly publication?: typeof publications.$inferInsert;
  /** Asked within the write that makes it current: a reason why it may no longer. */
  permits?(tx: Transaction): Promise<string | undefined>;
};

export type Changed = Committed | { readonly kind: "refused"; readonly reason: string };

/** How often a generation is made anew because another process made one first. */
const attempts = 20;

/**
 * Writes the next generation and makes it the current one. Until the one write at its end nothing of it is seen;
 * what a process that dies leaves behind are blobs nobody names.
 */
export const changeRepository = (context: Repo, change: Change): Promise<Changed> =>
  context.oneAtATime(async () => {
    let mending = nothingToMend;
    const mend = async (error: unknown) => {
      const next = await mendAfter(context, mending, error);
      if (!next) throw error;
      mending = next;
      context.log.warn("generation made again, mending what the last attempt met", { error });
      return { kind: "outdated" as const };
    };
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const outcome = await tryChange(context, change, mending).catch(mend);
      if (outcome.kind !== "outdated") return outcome;
    }
    throw new Fault(
      "conflict",
      `other processes changed the repository ${attempts} times meanwhile`,
    );
  });

const tryChange = async (context: Repo, change: Change, mending: Mending) => {
  const { blobs, config, now, state, view } = context;
  const current = await view();
  const reason = findOther(current, change);
  if (reason !== undefined) return { kind: "refused" as const, reason };

  const anew = await signAnew(context, change, current.generation, mending);
  const put = [...change.put, ...anew];
  const come = new Set(put.map(({ pkgname }) => pkgname));
  const taken = [...current.published.values()].filter(
    ({ pkgname, pkgbase }) => come.has(pkgname) || pkgbase === change.pkgbase,
  );
  const gone = new Set(taken.map(({ pkgname }) => pkgname));
  const frames = [...current.frames.values()];
  const lost = frames.filter(({ id }) => mending.lostFrames.has(id));
  const again = lost.flatMap(({ pkgnames }) => pkgnames).filter((name) => !gone.has(name));
  const planned = planFrames(frames, new Set([...gone, ...again]), new Set([...come, ...again]));
  const kept = new Set(planned.flatMap((frame) => (frame.kind === "kept" ? frame.id : [])));

  const written = await writeFrames(context, planned, put);
  const pieces = piecesOf(planned, current.frames, written);
  const before = piecesOf(planFrames(frames, new Set(), new Set()), current.frames, []);
  const { generation } = current;
  const signed = async (kind: "database" | "files") => {
    const blob = await putDatabase(
      blobs,
      pieces[kind],
      generation && blobsOf(generation)[kind],
      before[kind],
    );
    return { ...blob, signature: await signDatabase(context, blob, pieces[kind]) };
  };
  const [database, files] = await Promise.all([signed("database"), signed("files")]);
  const next: NextGeneration = {
    after: current.number,
    put,
    taken,
    droppedFrames: frames.map(({ id }) => id).filter((id) => !kept.has(id)),
    writtenFrames: written,
    generation: {
      ...{ databaseSha256: database.sha256, databaseBytes: database.bytes },
      ...{ filesSha256: files.sha256, filesBytes: files.bytes },
      ...{ databaseSignature: database.signature, filesSignature: files.signature },
    },
    ...(change.publication && {
      publication: {
        ...change.publication,
        impact: findImpact(current.published, taken, put),
      },
    }),
    ...(change.pkgbase && !change.publication && { retired: change.pkgbase }),
  };
  const outcome = await commitGeneration(state, next, now(), async (tx) => change.permits?.(tx));
  if (outcome.kind === "committed") view.keep(nextView(current, config.NAME, next, outcome));
  return outcome;
};

const blobsOf = (generation: Generation) => ({
  database: { sha256: generation.databaseSha256, bytes: generation.databaseBytes },
  files: { sha256: generation.filesSha256, bytes: generation.filesBytes },
});

/** A package name has one pkgbase. */
const findOther = ({ published }: View, { pkgbase, put }: Change) => {
  const other = put
    .map(({ pkgname }) => published.get(pkgname))
    .find((row) => row && row.pkgbase !== pkgbase);
  return other && `${other.pkgname} is published by ${other.pkgbase} already; remove that first`;
};
