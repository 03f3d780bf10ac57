import type { Delivery } from "#shared/bus/bus.ts";
import type { Payload } from "#shared/bus/declare.ts";
import {
  buildFinished,
  type buildRequested,
  buildStarted,
  buildStep,
  type Step,
} from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { claimBuild } from "#shared/messages/builder.ts";
import { attempt } from "./attempt.ts";
import { conclude } from "./conclude.ts";
import type { Builder } from "./context.ts";
import { drive, type Found } from "./drive.ts";
import { broken } from "./outcome.ts";
import { openOutput } from "./output.ts";
import { openProgress } from "./progress.ts";
import { untilKept } from "./until-kept.ts";

type Request = Payload<typeof buildRequested>;

/**
 * Builds one package in a container of its own, and publishes how it went. A build that fails is an outcome; with no
 * engine, or when the service stops, the message is given back. The scheduler is asked first whether the build is
 * still wanted. Where the report of a finished build is known, it is published again: it may have been lost.
 */
export const build = async (context: Builder, request: Request, { failures, signal }: Delivery) => {
  const { ask, blobs, compress, config, engine, limits, log, name, now, pause, publish, work } =
    context;
  const { build, pkgbase, arch, pkgrel } = request;
  const report = work.reportOf(build);
  if (report?.pkgrel === pkgrel) return publish(buildFinished, report);
  await engine.ping();
  // Begun before the claim: the build may end while the reply is on its way.
  using turn = work.begin(build, ({ pkgrel: finished }) => finished === pkgrel);
  const { go } = await ask(claimBuild, { build, builder: name, pkgrel });
  if (!go || turn.ended.aborted) return;

  const startedAt = now();
  await publish(buildStarted, { build, pkgbase, arch, at: startedAt, builder: name });
  log.info("build started", { build, pkgbase });
  // Nobody waits for its removal but the next build of this slot.
  await using afterwards = new AsyncDisposableStack();
  await using output = openOutput({ blobs, compress, now, pause }, (index, text) =>
    publish(buildOutput, { build, startedAt, index, text }),
  );
  const progress = openProgress<Step>(context, {
    purpose: "build",
    first: "container",
    output,
    begun: ({ step, startedAt: at, line }) =>
      output.announce(() =>
        publish(buildStep, { build, pkgbase, arch, at, startedAt, step, line }),
      ),
  });
  const found: Found = { measurements: null, installed: null };
  const outcome = await attempt(
    context,
    { kind: "build", build, pkgbase },
    { progress, signal, failures, ended: turn.ended, afterwards },
    (container, stopped) =>
      drive({
        ...{ container, request, blobs, pause, output, limits, progress, stopped, found },
        packager: config.PACKAGER,
        keyserver: config.KEYSERVER,
        repositoryUrl: config.OWN_REPOSITORY_URL ?? config.OWN_REPOSITORY,
      }),
  );
  if (!outcome) return;

  const { kept, outputs } = await conclude(progress, output, outcome, signal);
  const finished = {
    ...kept,
    build,
    pkgbase,
    arch,
    at: now(),
    builder: name,
    startedAt,
    pkgrel,
    outcome,
    outputs,
    measurements: found.measurements,
    installed: found.installed && (await keepInstalled(context, found.installed, signal)),
  };
  await untilKept(pause, () => publish(buildFinished, finished), signal);
  log.info("build finished", { build, pkgbase, outcome: outcome.kind });
};

const keepInstalled = async (
  { blobs, compress, pause }: Builder,
  installed: Uint8Array,
  signal: AbortSignal,
) => {
  const packed = await compress(installed);
  return untilKept(pause, () => blobs.put(packed), signal);
};

/** Says that a build that no attempt came to the end of will not be tried again. */
export const giveUp = async ({ name, now, publish }: Builder, request: Request, error: unknown) => {
  const { build, pkgbase, arch, pkgrel } = request;
  const reason = error instanceof Error ? error.message : String(error);
  await publish(buildFinished, {
    ...{ build, pkgbase, arch, at: now() },
    builder: name,
    outcome: broken("container", `the builder gave the build up: ${reason}`),
    log: null,
    outputs: 0,
    measurements: null,
    pkgrel,
  });
};
