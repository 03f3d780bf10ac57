import * as v from "valibot";
import { question } from "#shared/bus/declare.ts";
import { vcsProtocols } from "#shared/pacman/vcs-source.ts";
import { seconds } from "#shared/time.ts";

/** Sources that one `vcs.look` may name. */
export const mostLookedAt = 200;

export const LookedAt = v.object({
  protocol: v.picklist(vcsProtocols),
  url: v.pipe(v.string(), v.maxLength(2_000)),
  /** As `VcsSource` of `#shared/pacman/vcs-source.ts` has it. */
  ref: v.pipe(v.string(), v.maxLength(2_000)),
});
export type LookedAt = v.InferOutput<typeof LookedAt>;

export const Look = v.variant("kind", [
  /** git: the object that the ref names, a commit or an annotated tag. */
  v.object({ kind: v.literal("found"), commit: v.string() }),
  /** The server answered that it has no such repository or ref. */
  v.object({ kind: v.literal("gone"), message: v.string() }),
  /** The server could not be asked. */
  v.object({ kind: v.literal("unknown"), message: v.string() }),
  /** No look can succeed: the image lacks the program, or the protocol has no such request. */
  v.object({ kind: v.literal("unfollowed"), message: v.string() }),
]);
export type Look = v.InferOutput<typeof Look>;

/**
 * Has a builder look, in a container that holds no recipe, at the present commits of VCS sources. The looks come in the
 * order of the sources. Only containers connect to addresses that a recipe names.
 */
export const lookAtSources = question("vcs.look", {
  request: v.object({ sources: v.pipe(v.array(LookedAt), v.maxLength(mostLookedAt)) }),
  answer: v.object({ looks: v.array(Look) }),
  timeout: seconds(90),
});
