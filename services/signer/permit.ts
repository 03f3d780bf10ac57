import type * as v from "valibot";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { isLost } from "#shared/blobs/lost.ts";
import { Fault } from "#shared/fault.ts";
import type { sign } from "#shared/messages/sign.ts";
import type { BlobReference } from "#shared/model.ts";
import { endFrame } from "#shared/pacman/database-frame.ts";
import { type Promised, promisesOf } from "./check-database.ts";
import type { Signer } from "./context.ts";
import { isMadeOf } from "./is-made-of.ts";
import { findBuilt, readSignatures, wasBuilt, wasMade } from "./store.ts";

type Request = v.InferOutput<typeof sign.request>;

/** Resolves when a blob may be signed; rejects with `Fault` forbidden, and the reason, when not. */
export const permit = async (
  context: Pick<Signer, "state" | "blobs" | "checkedFrames" | "unpack">,
  request: Request,
  fingerprint: string,
) => {
  if (request.kind === "artifact") return permitArtifact(context, request);
  const { blob, frames } = request;
  return frames
    ? permitFrames(context, blob.sha256, frames, fingerprint)
    : permitEntries(context, () => context.blobs.read(blob.sha256), fingerprint);
};

/** Published packages are signed again when the key changes; before that, only a build's publishing asks. */
const permitArtifact = async (
  { state }: Pick<Signer, "state">,
  { build, blob }: Extract<Request, { kind: "artifact" }>,
) => {
  const built = await findBuilt(state.read, build, blob.sha256);
  if (!built)
    throw new Fault("forbidden", `build ${build} made nothing with the hash ${blob.sha256}`);
  if (built.state !== "publishing" && built.state !== "success")
    throw new Fault("forbidden", `build ${build} is ${built.state}, expected one being published`);
};

/** Frames that `checkedFrames` names had only signed entries before, and have them still: nothing of them changes. */
const permitFrames = async (
  context: Pick<Signer, "state" | "blobs" | "checkedFrames" | "unpack">,
  sha256: string,
  frames: readonly BlobReference[],
  fingerprint: string,
) => {
  const { blobs, checkedFrames } = context;
  if (!(await isMadeOf(await blobs.read(sha256), frames)))
    throw new Fault("forbidden", `database ${sha256} is not made of the frames it is said to be`);
  for (const frame of frames) {
    const check = `${fingerprint} ${frame.sha256}`;
    if (checkedFrames.has(check)) continue;
    await permitEntries(context, async () => databaseOf(blobs, frame.sha256), fingerprint);
    if (checkedFrames.size === mostChecked) checkedFrames.clear();
    checkedFrames.add(check);
  }
};

const mostChecked = 100_000;

/** The database of one frame. */
async function* databaseOf(blobs: Blobs, frame: string) {
  yield await blobs.bytes(frame);
  yield endFrame;
}

/**
 * Whether an entry is left from before a change of the key: a build made the package, its signature, if any, is an
 * earlier one of this signer's, and the package's blob is lost, so that no key can sign it any more.
 */
const isLeft = async (
  { state, blobs }: Pick<Signer, "state" | "blobs">,
  { sha256, signature }: Promised,
) => {
  const isOurs =
    signature === undefined
      ? await wasBuilt(state.read, sha256)
      : await wasMade(state.read, sha256, signature);
  return isOurs && (await isLost(blobs, sha256));
};

const permitEntries = async (
  context: Pick<Signer, "state" | "blobs" | "unpack">,
  open: () => Promise<AsyncIterable<Uint8Array>>,
  fingerprint: string,
) => {
  let waiting: Promised[] = [];
  const check = async () => {
    const hashes = waiting.map((promised) => promised.sha256);
    const known = await readSignatures(context.state.read, fingerprint, hashes);
    for (const it of waiting)
      if (
        (it.signature === undefined || known.get(it.sha256) !== it.signature) &&
        !(await isLeft(context, it))
      )
        throw new Fault(
          "forbidden",
          `${it.filename} in the database is not signed by ${fingerprint}`,
        );
    waiting = [];
  };
  for await (const promised of promisesOf(open, context.unpack)) {
    waiting.push(promised);
    if (waiting.length === 500) await check();
  }
  await check();
};
