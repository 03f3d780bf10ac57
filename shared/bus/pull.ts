import { type Msg, nanos } from "@nats-io/nats-core";
import { seconds } from "#shared/time.ts";
import type { Connection } from "./connection.ts";

/** What a pull brings: a message, nothing yet, or the news that the consumer has to be looked after. */
export type Pulled = Msg | "nothing" | "lost";

export type Slot = Disposable & { pull(signal: AbortSignal): Promise<Pulled> };

const expires = seconds(30);

/**
 * Pulls messages one by one: one that waited in a buffer behind long work would outlive its ack wait.
 * What comes when nobody has pulled, after a stop or a reconnect, is given back at once.
 */
export const openSlot = (
  { nats, newInbox, onReconnect }: Connection,
  stream: string,
  durable: string,
): Slot => {
  const inbox = newInbox();
  let taker: ((pulled: Pulled) => void) | undefined;
  const take = (pulled: Pulled) => {
    taker?.(pulled);
    taker = undefined;
  };
  const subscription = nats.subscribe(inbox, {
    callback: (error, msg) => {
      if (error) take("lost");
      else if (!isMessage(msg)) take(msg.headers?.code === 408 ? "nothing" : "lost");
      else if (taker) take(msg);
      else msg.respond("-NAK");
    },
  });
  /** The connection was lost and made again while no pull waited: the consumer may be gone with the server's store. */
  let isUnsure = false;
  const reconnected = onReconnect(() => {
    if (taker) take("lost");
    else isUnsure = true;
  });

  return {
    async pull(signal) {
      if (signal.aborted || nats.isClosed()) return "nothing";
      if (isUnsure) {
        isUnsure = false;
        return "lost";
      }
      const pulled = new Promise<Pulled>((resolve) => {
        taker = resolve;
      });
      nats.publish(
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
        JSON.stringify({ batch: 1, expires: nanos(expires) }),
        { reply: inbox },
      );
      const stop = () => take("nothing");
      signal.addEventListener("abort", stop);
      const overdue = setTimeout(() => take("lost"), expires + seconds(5));
      try {
        return await pulled;
      } finally {
        clearTimeout(overdue);
        signal.removeEventListener("abort", stop);
      }
    },
    [Symbol.dispose]() {
      reconnected[Symbol.dispose]();
      // A pull cannot be taken back, and what it brings after an unsubscription is lost until its ack wait is over.
      if (!subscription.isClosed()) subscription.unsubscribe(subscription.getReceived() + 1);
    },
  };
};

/** A status of the server has no reply subject to acknowledge to. */
const isMessage = (msg: Msg) => msg.reply?.startsWith("$JS.ACK.") ?? false;
