import { isLost, saysLost } from "#shared/blobs/lost.ts";
import { Fault } from "#shared/fault.ts";
import type { Repo } from "./context.ts";

/** What an attempt to make a generation does beside its change, because the attempt before it failed. */
export type Mending = {
  /** Looks for packages that the key has not signed, although the key signed the generation before. */
  readonly signsAll: boolean;
  /** Ids of frames whose blobs are lost: their entries are encoded again from the tables. */
  readonly lostFrames: ReadonlySet<number>;
};

export const nothingToMend: Mending = { signsAll: false, lostFrames: new Set() };

/** What the next attempt mends; undefined where that would change nothing, so that the failure is the change's own. */
export const mendAfter = async (
  context: Pick<Repo, "blobs" | "view">,
  before: Mending,
  error: unknown,
): Promise<Mending | undefined> => {
  if (error instanceof Fault && error.kind === "conflict" && !before.signsAll)
    return { ...before, signsAll: true };
  if (!saysLost(error)) return undefined;
  const lostFrames = await findLostFrames(context);
  return [...lostFrames].every((id) => before.lostFrames.has(id))
    ? undefined
    : { ...before, lostFrames };
};

const findLostFrames = async ({ blobs, view }: Pick<Repo, "blobs" | "view">) => {
  const lost = new Set<number>();
  for (const { id, databaseSha256, filesSha256 } of (await view()).frames.values())
    if ((await isLost(blobs, databaseSha256)) || (await isLost(blobs, filesSha256))) lost.add(id);
  return lost;
};
