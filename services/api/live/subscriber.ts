/** Characters that may wait for a client: more than the longest log, so that only one that does not read reaches it. */
const limit = 16 * 1024 * 1024;

export type Subscriber = {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Never waits. A client that leaves too much unread is disconnected. */
  send(frame: string): void;
  /** Sends it unless something waits already. */
  sendIfIdle(frame: string): void;
  /** Ends the stream at once; what waits is dropped. */
  leave(): void;
};

/** One client's stream, with what it has not read yet. `left` is called once, however it ends. */
export const openSubscriber = (left: (subscriber: Subscriber) => void): Subscriber => {
  const encoder = new TextEncoder();
  let waiting: string[] = [];
  let size = 0;
  let open = true;
  let wake = () => {};

  const leave = () => {
    if (!open) return;
    open = false;
    waiting = [];
    wake();
    left(subscriber);
  };
  const take = () => {
    const frames = encoder.encode(waiting.join(""));
    waiting = [];
    size = 0;
    return frames;
  };

  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        while (open && waiting.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (open) controller.enqueue(take());
        else controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );

  const subscriber: Subscriber = {
    stream,
    send(frame) {
      if (!open) return;
      waiting.push(frame);
      size += frame.length;
      if (size > limit && waiting.length > 1) leave();
      else wake();
    },
    sendIfIdle(frame) {
      if (waiting.length === 0) subscriber.send(frame);
    },
    leave,
  };
  return subscriber;
};
