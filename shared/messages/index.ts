import {
  buildEnded,
  buildFinished,
  buildPending,
  buildRequested,
  buildStarted,
  buildStep,
  orderBuilds,
  sessionOrdered,
} from "./build.ts";
import { buildOutput } from "./build-output.ts";
import { builderAnnounced, claimBuild } from "./builder.ts";
import { packageAdded, packageChanged, packageRemoved } from "./package.ts";
import { planFinished, planRequested, sessionEnded } from "./plan.ts";
import {
  claimRebuild,
  orderRebuild,
  rebuildEnded,
  rebuildFinished,
  rebuildPending,
  rebuildRequested,
} from "./rebuild.ts";
import {
  packageRetired,
  publishRefused,
  publishRequested,
  repoPublished,
  retirePackage,
} from "./repo.ts";
import { addRequested, generateSrcinfo } from "./resolve.ts";
import { sign } from "./sign.ts";
import { orderSweep, sweepRequested } from "./storage.ts";
import { lookAtSources } from "./vcs.ts";

/** Every message there is. A stream carries exactly the messages listed here that are declared on it. */
export const messages = [
  packageAdded,
  packageChanged,
  packageRemoved,
  packageRetired,
  addRequested,
  sessionOrdered,
  planRequested,
  planFinished,
  buildRequested,
  buildPending,
  buildStarted,
  buildStep,
  buildOutput,
  buildFinished,
  buildEnded,
  sessionEnded,
  publishRequested,
  repoPublished,
  publishRefused,
  rebuildRequested,
  rebuildPending,
  rebuildFinished,
  rebuildEnded,
  builderAnnounced,
  sweepRequested,
] as const;

/** The messages that name blobs: while one of them waits, no table may name its blobs yet. */
export const blobCarriers = [
  addRequested,
  buildRequested,
  buildFinished,
  rebuildRequested,
  rebuildFinished,
] as const;

/** Every question there is. */
export const questions = [
  orderBuilds,
  claimBuild,
  generateSrcinfo,
  lookAtSources,
  sign,
  retirePackage,
  orderRebuild,
  claimRebuild,
  orderSweep,
] as const;
