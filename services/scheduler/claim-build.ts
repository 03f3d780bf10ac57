import type * as v from "valibot";
import type { claimBuild as question } from "#shared/messages/builder.ts";
import { changeBuild } from "./change-build.ts";
import type { Scheduler } from "./context.ts";

type Claim = v.InferOutput<(typeof question)["request"]>;

/** Lets a builder begin a build that is still wanted, and records which builder and when. */
export const claimBuild = async (scheduler: Scheduler, { build, builder, pkgrel }: Claim) => {
  const step = await changeBuild(scheduler, build, { kind: "claimed", builder, pkgrel });
  return { go: step?.to?.state === "running" };
};
