import {
  buildEnded,
  buildFinished,
  buildRequested,
  buildStarted,
  buildStep,
} from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { builderAnnounced, claimBuild } from "#shared/messages/builder.ts";
import {
  claimRebuild,
  rebuildEnded,
  rebuildFinished,
  rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { lookAtSources as vcsLook } from "#shared/messages/vcs.ts";
import { answer, defineService, every, follow, on } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { minutes, seconds } from "#shared/time.ts";
import { announce } from "./announce.ts";
import { build, giveUp } from "./build.ts";
import { type Builder, Config, open } from "./context.ts";
import { demandReady } from "./demand-ready.ts";
import { lookAtSources } from "./look-at-sources.ts";
import { stepTime } from "./metrics.ts";
import { interval } from "./peers.ts";
import { readPkgbuild } from "./read-pkgbuild.ts";
import { reap } from "./reap.ts";
import { giveUpRebuild, rebuild } from "./rebuild.ts";

const ackWait = seconds(10);

/** Builds packages, each in a container of its own. Owns no table: what it knows, it says on the bus. */
export const builder = defineService({
  name: "builder",
  config: Config,
  state: false,
  open,
  consumes: [
    on(buildRequested, build, ({ config }: Builder) => ({
      ...{ atOnce: config.BUILDER_SLOTS, ackWait, ready: demandReady },
      dropped: giveUp,
    })),
    // Somebody waits for a build: rebuilds have no slot of theirs, and never more than one container.
    on(rebuildRequested, rebuild, {
      atOnce: 1,
      ackWait,
      ready: demandReady,
      dropped: giveUpRebuild,
    }),
  ],
  publishes: [
    buildStarted,
    buildStep,
    buildOutput,
    buildFinished,
    rebuildFinished,
    builderAnnounced,
  ],
  measures: [stepTime],
  follows: [
    follow(buildEnded, ({ work }: Builder, it) => work.end(it.build), { from: "now" }),
    follow(buildFinished, ({ work }: Builder, it) => work.finish(it.build, it), { from: "now" }),
    follow(rebuildEnded, ({ rebuilds }: Builder, it) => rebuilds.end(it.rebuild), { from: "now" }),
    follow(rebuildFinished, ({ rebuilds }: Builder, it) => rebuilds.finish(it.rebuild, it), {
      from: "now",
    }),
    follow(builderAnnounced, ({ peers }: Builder, it) => peers.heard(it.builder), {
      from: "start",
    }),
  ],
  asks: [claimBuild, claimRebuild],
  answers: [answer(generateSrcinfo, readPkgbuild), answer(vcsLook, lookAtSources)],
  repeats: [every(minutes(1), reap), every(interval, announce)],
  health: demandReady,
});

if (import.meta.main) await run(builder);
