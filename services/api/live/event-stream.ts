import type { Subscriber } from "./subscriber.ts";

/** The answer that a subscriber's client reads; it leaves with the client's connection. */
export const eventStream = ({ stream, leave }: Subscriber, signal: AbortSignal) => {
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  return new Response(stream, {
    headers: {
      "cache-control": "no-cache",
      "content-encoding": "identity",
      "content-type": "text/event-stream",
    },
  });
};
