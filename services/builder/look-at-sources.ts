import pLimit from "p-limit";
import type * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { Look, LookedAt, lookAtSources as question } from "#shared/messages/vcs.ts";
import { deadline, unlessAborted } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import { capture } from "./capture.ts";
import { containerSpec } from "./container-spec.ts";
import type { Builder } from "./context.ts";
import type { Container } from "./docker/engine.ts";
import { formatIdentity } from "./left-over.ts";
import { askingOf, readLook } from "./look-command.ts";

type Request = v.InferOutput<typeof question.request>;

/** Milliseconds for all looks of one question; the caller waits 90 s. */
const timeout = seconds(75);

/** Looks at a time in one container, and bytes of memory for each. */
const most = 64;
const memoryOfOne = 32 * 1024 ** 2;

/** Bytes of output of one look. */
const limit = 64 * 1024;

/**
 * Looks at the present commits of sources, in a container that holds no recipe and is removed afterwards. A source
 * that cannot be asked is an answer; without an engine or an image, `Fault` unavailable.
 */
export const lookAtSources = async (
  { engine, identity, image, limits, looking, pause }: Builder,
  { sources }: Request,
): Promise<{ looks: Look[] }> => {
  using late = deadline(pause, timeout);
  const look = async () => {
    await using container = await engine.start(
      containerSpec(image, limits, formatIdentity(identity), { kind: "fetch" }, timeout),
    );
    const atOnce = pLimit(Math.max(1, Math.min(most, Math.floor(limits.memory / memoryOfOne))));
    return await Promise.all(
      sources.map((source) => atOnce(() => lookAt(container, source, late.signal))),
    );
  };
  try {
    return { looks: await looking(look) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault("unavailable", error.message, { cause: error });
  }
};

const lookAt = async (container: Container, source: LookedAt, late: AbortSignal): Promise<Look> => {
  const asking = askingOf(source);
  if (asking.kind === "refuse") return asking.look;
  const captured = await unlessAborted(capture(container, asking.command, limit), late);
  if (captured) return readLook(source, captured);
  const message = `${withoutCredentials(source.url)}: no answer within ${timeout / seconds(1)} s`;
  return { kind: "unknown", message };
};
