import type * as v from "valibot";
import type { claimRebuild as question } from "#shared/messages/rebuild.ts";
import { changeRebuild } from "./change-rebuild.ts";
import type { Verifier } from "./context.ts";

type Claim = v.InferOutput<(typeof question)["request"]>;

/** Lets a builder begin a rebuild that has no verdict yet, and records which builder and when. */
export const claimRebuild = async (verifier: Verifier, { rebuild, builder }: Claim) => {
  const step = await changeRebuild(verifier, rebuild, { kind: "claimed", builder });
  return { go: step?.to?.builder === builder };
};
