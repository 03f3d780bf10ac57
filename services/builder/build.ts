import type { Delivery } from "#shared/bus/bus.ts";
import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import {
  type BuildOutcome,
  buildFinished,
  buildOutput,
  type buildRequested,
  buildStarted,
} from "#shared/messages/build.ts";
import { seconds } from "#shared/time.ts";
import { abortable } from "./abortable.ts";
import { containerSpec } from "./container-spec.ts";
import type { Builder } from "./context.ts";
import { drive, type Progress } from "./drive.ts";
import { untilExhausted } from "./exhaustion.ts";
import { formatIdentity } from "./left-over.ts";
import { broken, describe } from "./outcome.ts";
import { type Output, openOutput } from "./output.ts";
import { headings } from "./steps.ts";

type Request = Payload<typeof buildRequested>;

/**
 * Builds one package in a container of its own, and says how it went. A build that fails is an outcome; with
 * no engine, or when the service stops, the message is given back. A build that somebody ended is left alone.
 */
export const build = async (context: Builder, request: Request, { signal }: Delivery) => {
  const { engine, blobs, log, name, now, publish, work } = context;
  const { build, pkgbase, arch } = request;
  if (work.hasEnded(build)) return;
  await engine.ping();

  const startedAt = now();
  await publish(buildStarted, { build, pkgbase, arch, at: startedAt });
  log.info("build started", { build, pkgbase });
  using turn = work.begin(build);
  await using output = openOutput(blobs, (index, text) =>
    publish(buildOutput, { build, startedAt, index, text }),
  );
  const progress: Progress = { step: "container", measurements: null };
  const outcome = await attempt(context, request, output, progress, {
    signal,
    ended: turn.ended,
  });
  if (!outcome) return;

  output.say(describe(outcome));
  const kept = await abortable(signal, output.end());
  const { measurements } = progress;
  await publish(buildFinished, {
    ...{ build, pkgbase, arch, at: now() },
    ...{ builder: name, outcome, measurements, ...kept },
  });
  log.info("build finished", { build, pkgbase, outcome: outcome.kind });
};

/** Says that a build that no attempt came to the end of will not be tried again. */
export const giveUp = async ({ name, now, publish }: Builder, request: Request, error: unknown) => {
  const { build, pkgbase, arch } = request;
  const reason = error instanceof Error ? error.message : String(error);
  await publish(buildFinished, {
    ...{ build, pkgbase, arch, at: now() },
    builder: name,
    outcome: broken("container", `the builder gave the build up: ${reason}`),
    log: null,
    outputs: 0,
    measurements: null,
  });
};

type Stops = {
  /** The service stops. */
  readonly signal: AbortSignal;
  /** The build was ended by somebody else. */
  readonly ended: AbortSignal;
};

const attempt = async (
  { config, engine, blobs, identity, image, limits }: Builder,
  request: Request,
  output: Output,
  progress: Progress,
  { signal, ended }: Stops,
): Promise<BuildOutcome | undefined> => {
  const timeout = seconds(config.BUILD_TIMEOUT);
  const deadline = AbortSignal.timeout(timeout);
  try {
    output.say(headings.container);
    const { build, pkgbase } = request;
    const purpose = { kind: "build", build, pkgbase, timeout } as const;
    await using container = await engine.start(
      containerSpec(image, limits, formatIdentity(identity), purpose),
    );
    const driving = drive({
      ...{ container, request, blobs, output, limits, progress },
      packager: config.PACKAGER,
      repositoryUrl: config.OWN_REPOSITORY_URL ?? config.OWN_REPOSITORY,
    });
    using watch = watching();
    const exhausted = untilExhausted(container, limits.processes, watch.signal);
    return await abortable(
      AbortSignal.any([signal, ended, deadline]),
      Promise.race([driving, exhausted]),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (ended.aborted) return undefined;
    if (deadline.aborted) return { kind: "timed-out", step: progress.step, afterMs: timeout };
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    return broken(progress.step, error.message);
  }
};

const watching = () => {
  const over = new AbortController();
  return { signal: over.signal, [Symbol.dispose]: () => over.abort() };
};
