import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { Blobs } from "#shared/blobs/blobs.ts";
import type { BlobReference } from "#shared/model.ts";
import type { Pause } from "#shared/pause.ts";
import { makeChunks } from "./chunks.ts";
import { untilKept } from "./until-kept.ts";

/** Bytes of a log that are kept, of its beginning and of its end. */
const logLimits = { head: 8 * 1024 ** 2, tail: 2 * 1024 ** 2 };

/** Milliseconds between two messages of output. */
const pace = 100;

/** Makes zstd of a whole log. */
export type Compress = (content: Uint8Array) => Promise<Uint8Array>;

export const zstd: Compress = promisify(zstdCompress);

type Parts = { readonly blobs: Blobs; readonly compress: Compress; readonly pause: Pause };

export type Output = AsyncDisposable & {
  write(bytes: Uint8Array): void;
  /** A line of kiln's own. */
  say(text: string): void;
  /** Says what is left, and keeps the log: beginning and end of one that is too long. */
  end(): Promise<{ readonly log: BlobReference; readonly outputs: number }>;
};

/**
 * A build's output: said as it comes, one message each 100 ms at most, and kept as one blob at its end, when
 * what is left is said without pauses. Where the bus is away it waits for it. Disposing stops it.
 */
export const openOutput = (
  { blobs, compress, pause }: Parts,
  publish: (index: number, text: string) => Promise<void>,
): Output => {
  const chunks = makeChunks(logLimits);
  const stopping = new AbortController();
  const hurry = new AbortController();
  let outputs = 0;
  let saying = Promise.resolve();
  let busy = false;
  let failure: { readonly error: unknown } | undefined;

  const sayAll = async () => {
    try {
      for (let text = chunks.next(); text !== undefined; text = chunks.next()) {
        await untilKept(pause, () => publish(outputs, text), stopping.signal);
        outputs += 1;
        await pause(pace, hurry.signal);
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
  const write = (bytes: Uint8Array) => {
    chunks.write(bytes);
    sayOn();
  };

  return {
    write,
    say(text) {
      chunks.say(`\n:: kiln :: ${text}\n\n`);
      sayOn();
    },
    async end() {
      chunks.finish();
      hurry.abort();
      sayOn();
      await saying;
      if (failure) throw failure.error;
      const whole = await compress(chunks.whole());
      return { log: await untilKept(pause, () => blobs.put(whole), stopping.signal), outputs };
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      hurry.abort();
      await saying;
    },
  };
};
