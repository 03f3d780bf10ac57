import { Fault } from "#shared/fault.ts";
import { abortable, deadline, scopeSignal } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { containerSpec, type Purpose } from "./container-spec.ts";
import type { Builder } from "./context.ts";
import type { Container } from "./docker/engine.ts";
import { untilExhausted } from "./exhaustion.ts";
import { formatIdentity } from "./left-over.ts";
import { type AnyStep, broken, bugWhile, type Unbuilt } from "./outcome.ts";

type Stops<S extends AnyStep> = {
  /** How far it is, for the outcome of one that is stopped. */
  readonly progress: { readonly step: S };
  /** The service stops. */
  readonly signal: AbortSignal;
  /** How often this process failed at it before. */
  readonly failures: number;
  /** Somebody else ended what this is for. */
  readonly ended?: AbortSignal;
  /** Takes a container that has come to its end, to be removed later. */
  readonly afterwards?: AsyncDisposableStack;
};

/**
 * Drives a container of its own, which is gone afterwards: at once where it did not come to its end. Over its time, out of processes or refused, it
 * comes to an outcome that says so; to none where it was ended. On a stop it rejects. A bug rejects once and is an
 * outcome when this process fails again: a build takes hours, its bug seldom passes, and only an outcome keeps its log.
 */
export const attempt = async <S extends AnyStep, Outcome>(
  { config, disk, engine, identity, image, limits, log, pause }: Builder,
  purpose: Exclude<Purpose, { kind: "srcinfo" | "fetch" }>,
  { progress, signal, failures, ended, afterwards }: Stops<S>,
  drive: (container: Container, stopped: AbortSignal) => Promise<Outcome>,
): Promise<Outcome | Unbuilt<S> | undefined> => {
  if (ended?.aborted) return undefined;
  const timeout = seconds(config.BUILD_TIMEOUT);
  using late = deadline(pause, timeout);
  const stopped = AbortSignal.any([signal, late.signal, ...(ended ? [ended] : [])]);
  try {
    await using held = new AsyncDisposableStack();
    const container = held.use(
      await engine.start(containerSpec(image, limits, formatIdentity(identity), purpose, timeout)),
    );
    const driving = drive(container, stopped).then((outcome) => {
      afterwards?.use(held.move());
      return outcome;
    });
    using watch = scopeSignal();
    const exhausted = untilExhausted(pause, container, limits.processes, watch.signal);
    const full = disk.untilFull(container, image, watch.signal);
    return await abortable(Promise.race([driving, exhausted, full]), stopped);
  } catch (thrown) {
    const error = firstOf(thrown);
    signal.throwIfAborted();
    if (ended?.aborted) return undefined;
    if (late.signal.aborted) return { kind: "timed-out", step: progress.step, afterMs: timeout };
    if (error instanceof Fault && error.kind !== "unavailable")
      return broken(progress.step, error.message);
    if (error instanceof Fault || failures === 0) throw error;
    log.error("attempt ended by a bug", { ...purpose, failures: failures + 1, error });
    return broken(progress.step, bugWhile(progress.step, error));
  }
};

/** What went wrong first, where disposing of the container failed too. */
const firstOf = (error: unknown): unknown =>
  error instanceof SuppressedError ? firstOf(error.suppressed) : error;
