import type * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { sign } from "#shared/messages/sign.ts";
import { type Promised, promisesOf } from "./check-database.ts";
import type { Signer } from "./context.ts";
import { findBuilt, readSignatures } from "./store.ts";

type Request = v.InferOutput<typeof sign.request>;

/** Resolves when a blob may be signed; rejects with `Fault` forbidden, and the reason, when not. */
export const permit = async (
  context: Pick<Signer, "state" | "blobs">,
  request: Request,
  fingerprint: string,
) => {
  if (request.kind === "artifact") return permitArtifact(context, request);
  return permitDatabase(context, request.blob.sha256, fingerprint);
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

const permitDatabase = async (
  { state, blobs }: Pick<Signer, "state" | "blobs">,
  sha256: string,
  fingerprint: string,
) => {
  let waiting: Promised[] = [];
  const check = async () => {
    const known = await readSignatures(
      state.read,
      fingerprint,
      waiting.map((promised) => promised.sha256),
    );
    const stranger = waiting.find((it) => known.get(it.sha256) !== it.signature);
    if (stranger)
      throw new Fault(
        "forbidden",
        `${stranger.filename} in the database is not signed by ${fingerprint}`,
      );
    waiting = [];
  };
  for await (const promised of promisesOf(() => blobs.read(sha256))) {
    waiting.push(promised);
    if (waiting.length === 500) await check();
  }
  await check();
};
