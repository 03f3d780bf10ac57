import * as v from "valibot";

/** Of a primary key, as `validpgpkeys` of PKGBUILD(5) has it: upper-case hexadecimal of version 4, 5 or 6. */
export const Fingerprint = v.pipe(
  v.string(),
  v.regex(
    /^([0-9A-F]{40}|[0-9A-F]{64})$/,
    (issue) => `${issue.received} is not the fingerprint of a key`,
  ),
);

/** A public key that signs sources. */
export const SourceKey = v.object({
  fingerprint: Fingerprint,
  armoured: v.string(),
});
export type SourceKey = v.InferOutput<typeof SourceKey>;
