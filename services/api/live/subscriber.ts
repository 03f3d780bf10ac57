/** Characters that may come in for a client while it reads nothing: more than the longest log. */
const limit = 16 * 1024 * 1024;

/** Characters that are handed out at a time: what waits is the same for all clients, what is under way is each one's own. */
const piece = 64 * 1024;

export type Subscriber = {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Never waits. A client that leaves too much unread is disconnected. */
  send(frame: string): void;
  /** Sends it unless something waits already. */
  sendIfIdle(frame: string): void;
  /** Ends the stream at once; what waits is dropped. */
  leave(): void;
};

/** One client's stream, with what it has not read yet, at first what it `missed`. `left` is called once, however it ends. */
export const openSubscriber = (
  missed: readonly string[],
  left: (subscriber: Subscriber) => void,
): Subscriber => {
  const encoder = new TextEncoder();
  let waiting = [...missed];
  let uncounted = missed.length;
  /** Of the first that waits, how much was handed out. */
  let taken = 0;
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
  const dropFirst = () => {
    const first = waiting.shift() ?? "";
    taken = 0;
    if (uncounted > 0) uncounted--;
    else size -= first.length;
  };
  const take = () => {
    const parts: string[] = [];
    for (let room = piece; room > 0 && waiting[0] !== undefined; ) {
      const part = partOf(waiting[0], taken, room);
      parts.push(part);
      room -= part.length;
      taken += part.length;
      if (taken === waiting[0].length) dropFirst();
    }
    return encoder.encode(parts.join(""));
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
      if (size > limit) leave();
      else wake();
    },
    sendIfIdle(frame) {
      if (waiting.length === 0) subscriber.send(frame);
    },
    leave,
  };
  return subscriber;
};

/** Up to `room` characters, and one more where that would be half of one. */
const partOf = (text: string, start: number, room: number) => {
  const part = text.slice(start, start + room);
  return /[\ud800-\udbff]$/.test(part) ? text.slice(start, start + room + 1) : part;
};
