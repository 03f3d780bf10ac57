import * as v from "valibot";
import { question } from "#shared/bus/declare.ts";
import { BlobReference, BuildId } from "#shared/model.ts";
import { seconds } from "#shared/time.ts";

/**
 * Signs a blob: an artifact that the build's record names, or a database whose every entry is signed already.
 * Anything else is `Fault` forbidden; a key that cannot sign is `Fault` unavailable and says why.
 */
export const sign = question("sign", {
  request: v.variant("kind", [
    v.object({ kind: v.literal("artifact"), build: BuildId, blob: BlobReference }),
    v.object({
      kind: v.literal("database"),
      blob: BlobReference,
      /** Its frames, in order: what was signed before is not read again. */
      frames: v.optional(v.array(BlobReference)),
    }),
  ]),
  answer: v.variant("kind", [
    v.object({
      kind: v.literal("signed"),
      /** Detached, binary OpenPGP, base64. */
      signature: v.string(),
      /** Upper-case hexadecimal, of the primary key. */
      fingerprint: v.string(),
    }),
    /** There is no key: kiln serves unsigned. */
    v.object({ kind: v.literal("unsigned") }),
  ]),
  timeout: seconds(60),
});
