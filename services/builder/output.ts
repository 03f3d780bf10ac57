import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { Blobs } from "#shared/blobs/blobs.ts";
import type { BlobReference } from "#shared/model.ts";
import type { Pause } from "#shared/pause.ts";
import { makeChunks } from "./chunks.ts";
import { makeClock } from "./clock.ts";
import { lineEnds } from "./tail.ts";
import { untilKept } from "./until-kept.ts";

/** Bytes of a log that are kept, of its beginning and of its end. */
const logLimits = { head: 8 * 1024 ** 2, tail: 2 * 1024 ** 2 };

/** Milliseconds between two messages of output. */
const pace = 100;

/** Makes zstd of a whole log. */
export type Compress = (content: Uint8Array) => Promise<Uint8Array>;

export const zstd: Compress = promisify(zstdCompress);

type Parts = {
  readonly blobs: Blobs;
  readonly compress: Compress;
  readonly now: () => number;
  readonly pause: Pause;
};

export type Output = AsyncDisposable & {
  write(bytes: Uint8Array): void;
  /** Prints a line of kiln's own, and gives its number, from 1, as if all of the log were kept. */
  say(text: string): number;
  /** Publishes something before the output that follows, once the bus takes it. */
  announce(publish: () => Promise<void>): void;
  /** No program prints any more: the log so far, and where in it a line of such a number stands. */
  settle(): { readonly text: () => string; readonly place: (line: number) => number };
  /** Publishes what is left, and keeps the log: beginning and end of one that is too long. */
  end(): Promise<{
    readonly log: BlobReference;
    /** Of the log that is kept. */
    readonly lines: number;
    /** zstd of JSON: `[line, milliseconds since the start][]`, one a second at most. */
    readonly clock: BlobReference;
    readonly outputs: number;
  }>;
};

/**
 * A build's output: published as it comes, one message each 100 ms at most, and kept as one blob at its end, when
 * what is left is published without pauses. Where the bus is away, the output waits for it. Disposing stops it.
 */
export const openOutput = (
  { blobs, compress, now, pause }: Parts,
  publish: (index: number, text: string) => Promise<void>,
): Output => {
  const chunks = makeChunks(logLimits);
  const clock = makeClock(now);
  const announcements: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  const hurry = new AbortController();
  let outputs = 0;
  let saying = Promise.resolve();
  let busy = false;
  let failure: { readonly error: unknown } | undefined;

  const announceAll = async () => {
    for (let next = announcements.shift(); next; next = announcements.shift())
      await untilKept(pause, next, stopping.signal);
  };
  const sayAll = async () => {
    try {
      if (announcements.length > 0) await announceAll();
      for (let text = chunks.next(); text !== undefined; text = chunks.next()) {
        await untilKept(pause, () => publish(outputs, text), stopping.signal);
        outputs += 1;
        await pause(pace, hurry.signal);
        await announceAll();
      }
    } catch (error) {
      failure = { error };
    }
    busy = false;
  };
  const sayOn = () => {
    if (busy || failure) return;
    busy = true;
    saying = sayAll();
  };

  return {
    write(bytes) {
      clock.tick(chunks.line());
      chunks.write(bytes);
      sayOn();
    },
    say(text) {
      const line = chunks.line() + 1;
      clock.tick(line);
      chunks.say(`\n:: kiln :: ${text}\n\n`);
      sayOn();
      return line;
    },
    announce(publishing) {
      announcements.push(publishing);
      sayOn();
    },
    settle() {
      chunks.finish();
      sayOn();
      return { text: () => new TextDecoder().decode(chunks.whole()), place: chunks.place };
    },
    async end() {
      hurry.abort();
      sayOn();
      await saying;
      if (failure) throw failure.error;
      const times = JSON.stringify(clock.read(chunks.place));
      const keep = async (content: Uint8Array) => {
        const packed = await compress(content);
        return untilKept(pause, () => blobs.put(packed), stopping.signal);
      };
      return {
        log: await keep(chunks.whole()),
        lines: lineEnds(chunks.whole()),
        clock: await keep(new TextEncoder().encode(times)),
        outputs,
      };
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      hurry.abort();
      await saying;
    },
  };
};
