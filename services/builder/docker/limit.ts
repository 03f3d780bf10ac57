import { Fault } from "#shared/fault.ts";
import { deadline, type Pause, unlessAborted } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";

/**
 * Milliseconds an engine may take for one request, and between two looks at whether it still answers while it works on
 * a long one. So a long request ends at most twice as long after the engine's last sign of life.
 */
export const patience = seconds(60);

type Request<T> = (abortSignal: AbortSignal) => Promise<T>;

export type Limit = {
  /** What a request resolves to. `Fault` unavailable, and the request aborted, where the engine takes over a minute. */
  request<T>(doing: string, ask: Request<T>): Promise<T>;
  /** What a request of any length resolves to, as long as the engine answers `look` each minute; else as `request`. */
  long<T>(doing: string, ask: Request<T>, look: Request<unknown>): Promise<T>;
  /** Never resolves; rejects when the engine does not answer `look` any more, unless `over` aborts before. */
  watch(doing: string, look: Request<unknown>, over: AbortSignal): Promise<never>;
};

/** Limits on an engine that accepts requests and does not answer them. */
export const limitOf = (url: string, pause: Pause): Limit => {
  const request: Limit["request"] = async (doing, ask) => {
    using late = deadline(pause, patience);
    const asked = ask(late.signal).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (!late.signal.aborted) throw error;
      },
    );
    const answer = await unlessAborted(asked, late.signal);
    if (!answer) throw hung(url, doing);
    return answer.value;
  };

  const watch: Limit["watch"] = async (doing, look, over) => {
    while (!over.aborted) {
      await pause(patience, over);
      if (over.aborted) break;
      // Any answer is a sign of life; what a refusal means is for the long request to find out.
      const looked = request(doing, look).then(undefined, (error: unknown) => {
        if (error instanceof Fault) throw error;
      });
      await unlessAborted(looked, over);
    }
    return new Promise<never>(() => {});
  };

  return {
    request,
    watch,
    async long(doing, ask, look) {
      const stop = new AbortController();
      const over = new AbortController();
      try {
        return await Promise.race([ask(stop.signal), watch(doing, look, over.signal)]);
      } catch (error) {
        stop.abort();
        throw error;
      } finally {
        over.abort();
      }
    },
  };
};

const hung = (url: string, doing: string) =>
  new Fault(
    "unavailable",
    `the container engine at ${url} gave no answer to ${doing} within ${patience / seconds(1)} s: restart it`,
  );
