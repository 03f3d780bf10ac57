import type { Delivery } from "#shared/bus/bus.ts";
import type { Payload } from "#shared/bus/declare.ts";
import {
  claimRebuild,
  type RebuildStep,
  rebuildFinished,
  type rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { attempt } from "./attempt.ts";
import { conclude } from "./conclude.ts";
import type { Builder } from "./context.ts";
import { broken } from "./outcome.ts";
import { openOutput } from "./output.ts";
import { openProgress } from "./progress.ts";
import { driveRebuild } from "./rebuild-drive.ts";
import { untilKept } from "./until-kept.ts";

type Request = Payload<typeof rebuildRequested>;

/**
 * Builds once more what was built, from what is known of it, and publishes what came of it. What this builder built
 * itself is left to another builder, as long as there is one. The verifier is asked first whether the rebuild is still
 * wanted. Where the report of a finished rebuild is known, it is published again: it may have been lost.
 */
export const rebuild = async (
  context: Builder,
  request: Request,
  { failures, signal, later }: Delivery,
) => {
  const {
    ask,
    blobs,
    config,
    deferrals,
    engine,
    limits,
    log,
    name,
    now,
    pause,
    peers,
    publish,
    rebuilds,
  } = context;
  const { rebuild, pkgbase, arch } = request;
  const report = rebuilds.reportOf(rebuild);
  if (report) return publish(rebuildFinished, report);
  if (request.builtBy === name && peers.hasOther()) return later(deferrals.next(rebuild));
  await engine.ping();
  // Begun before the claim: the rebuild may end while the reply is on its way.
  using turn = rebuilds.begin(rebuild);
  const { go } = await ask(claimRebuild, { rebuild, builder: name });
  if (!go || turn.ended.aborted) return;

  const startedAt = now();
  log.info("rebuild started", { rebuild, pkgbase });
  await using output = openOutput(
    { blobs, compress: context.compress, now, pause },
    async () => {},
  );
  const progress = openProgress<RebuildStep>(context, {
    purpose: "rebuild",
    first: "container",
    output,
  });
  const outcome = await attempt(
    context,
    { kind: "rebuild", rebuild, pkgbase },
    { progress, signal, failures, ended: turn.ended },
    (container, stopped) =>
      driveRebuild({
        ...{ container, request, blobs, pause, output, limits, progress, stopped },
        archive: config.ARCH_ARCHIVE_URL,
        keyserver: config.KEYSERVER,
      }),
  );
  if (!outcome) return;

  const { kept } = await conclude(progress, output, outcome, signal);
  const finished = {
    ...kept,
    rebuild,
    pkgbase,
    arch,
    at: now(),
    builder: name,
    startedAt,
    outcome,
  };
  await untilKept(pause, () => publish(rebuildFinished, finished), signal);
  log.info("rebuild finished", { rebuild, pkgbase, outcome: outcome.kind });
};

/** Says that a rebuild that no attempt came to the end of will not be tried again. */
export const giveUpRebuild = async (
  { name, now, publish }: Builder,
  { rebuild, pkgbase, arch }: Request,
  error: unknown,
) => {
  const reason = error instanceof Error ? error.message : String(error);
  const at = now();
  await publish(rebuildFinished, {
    ...{ rebuild, pkgbase, arch, at, startedAt: at, builder: name },
    outcome: broken("container", `the builder gave the rebuild up: ${reason}`),
    log: null,
  });
};
