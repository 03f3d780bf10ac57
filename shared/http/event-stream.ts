type Events = {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Ends the stream; a second call changes nothing. */
  leave(): void;
};

/** Answers with server-sent events. `signal` is the request's: the stream ends with the client's connection. */
export const eventStream = ({ stream, leave }: Events, signal: AbortSignal) => {
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
