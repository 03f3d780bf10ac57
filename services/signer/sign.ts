import type * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { sign as question } from "#shared/messages/sign.ts";
import type { Signer } from "./context.ts";
import { permit } from "./permit.ts";
import { announce, keepSignature, readSignatures } from "./store.ts";

type Request = v.InferOutput<typeof question.request>;
type Answer = v.InferOutput<typeof question.answer>;

/** Signs what may be signed; asked twice, it gives the same signature. `Fault` invalid: the key cannot sign. */
export const sign = async (context: Signer, request: Request): Promise<Answer> => {
  const key = await context.keyring.look();
  if (key.kind === "none") return { kind: "unsigned" };
  if (key.kind === "refused") throw new Fault("invalid", key.reason);
  await announce(context.state, key);

  const { fingerprint } = key;
  const { sha256 } = request.blob;
  const made = await readSignatures(context.state.read, fingerprint, [sha256]);
  const kept = made.get(sha256);
  // A database that was signed is not read again; it is its hash that was permitted.
  if (kept === undefined || request.kind === "artifact")
    await permit(context, request, fingerprint);
  if (kept !== undefined) return { kind: "signed", signature: kept, fingerprint };

  const signature = Buffer.from(await context.signBlob(sha256, key)).toString("base64");
  context.log.info("signed", { kind: request.kind, sha256, fingerprint });
  return {
    kind: "signed",
    fingerprint,
    signature: await keepSignature(context.state, {
      sha256,
      fingerprint,
      signature,
      signedAt: context.now(),
    }),
  };
};
