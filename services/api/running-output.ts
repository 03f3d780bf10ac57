import { Fault } from "#shared/fault.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import type { BuildId } from "#shared/model.ts";
import type { World } from "#shared/service/define.ts";
import { shareRunning } from "#shared/single-flight.ts";
import { seconds } from "#shared/time.ts";
import { silenceAfter } from "./silence.ts";

/** What a running build printed so far, in pieces, once. */
export type RunningOutput = Disposable & Iterable<string>;

/** Reads a running build's output. `Fault` unavailable while other readers keep too much of it in memory. */
export type ReadRunning = (build: BuildId) => Promise<RunningOutput>;

/** Milliseconds of silence after which a running build's output counts as read, and at most. */
const patience = { quiet: 150, whole: seconds(3) };

/** Characters of output that readers may hold, together. A builder keeps 10 MiB of one build. */
const mostHeld = 128 * 1024 ** 2;

/** Those who ask for one build at the same time share one consumer, and the text. */
export const openRunningOutput = (
  { follow, pause }: Pick<World, "follow" | "pause">,
  most = mostHeld,
): ReadRunning => {
  const share = shareRunning<Held, BuildId>();
  let held = 0;
  const read = async (build: BuildId): Promise<Held> => {
    if (held > most)
      throw new Fault("unavailable", "too many read the logs of running builds; ask again later");
    const texts = await readOutput({ follow, pause }, build);
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    let readers = 0;
    return {
      texts,
      enter() {
        if (readers === 0) held += length;
        readers += 1;
      },
      leave() {
        readers -= 1;
        if (readers === 0) held -= length;
      },
    };
  };
  return async (build) => {
    const output = await share(build, () => read(build));
    output.enter();
    let left = false;
    return {
      [Symbol.iterator]: () => output.texts[Symbol.iterator](),
      [Symbol.dispose]() {
        if (left) return;
        left = true;
        output.leave();
      },
    };
  };
};

type Held = { readonly texts: readonly string[]; enter(): void; leave(): void };

/** A stream of output has no end to wait for, so it is read until it falls silent. */
const readOutput = async (
  { follow, pause }: Pick<World, "follow" | "pause">,
  build: BuildId,
): Promise<readonly string[]> => {
  const attempts = new Map<number, string[]>();
  const silence = silenceAfter(pause, patience.quiet, patience.whole);
  await using _ = await follow(
    buildOutput,
    "start",
    ({ startedAt, index, text }) => {
      const chunks = attempts.get(startedAt) ?? [];
      attempts.set(startedAt, chunks);
      chunks[index] = text;
      silence.heard();
    },
    { build },
  );
  await silence.begun();
  const newest = Math.max(...attempts.keys());
  return (attempts.get(newest) ?? []).filter((text) => text !== undefined);
};
