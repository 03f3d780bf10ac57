import type { Msg } from "@nats-io/nats-core";
import { pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { isRedelivery } from "./acknowledge.ts";
import type { Connection } from "./connection.ts";
import { isInWork, sayInWork } from "./in-work.ts";

/** The messages a process has in hand. */
export type Hands = Disposable & {
  /** Nothing where it is in somebody's hands already, of this process or another. Disposing lets go of it. */
  take(msg: Msg, identity: string, signal: AbortSignal): Promise<Disposable | undefined>;
};

/** How long after a loss of the server everybody is surely back. */
const untilBack = seconds(5);

/** How often a message is left to who has it but gives no sign of life. */
const mostDeclined = 2;

/** How many messages are remembered as declined. */
const memory = 1_000;

/**
 * Keeps what is in hand from being given to others: by a sign of life twice each ack wait, and at once when the
 * server is back, which counts the time it was away. Where it is given to another nonetheless, and `shared` says
 * that there are others, who had it first is asked for: a process is heard of even when it was silent.
 */
export const openHands = (
  connection: Connection,
  stream: string,
  ackWait: number,
  shared: boolean,
): Hands => {
  const { nats, onReconnect } = connection;
  const held = new Map<string, Msg>();
  const declined = new Map<string, number>();
  let backAt = Number.NEGATIVE_INFINITY;
  const sayAlive = (msg: Msg) => {
    if (!nats.isClosed()) msg.respond("+WPI");
  };
  const reconnected = onReconnect(() => {
    backAt = performance.now();
    for (const msg of held.values()) sayAlive(msg);
  });

  const isAnothers = async (key: string, signal: AbortSignal) => {
    while (!signal.aborted) {
      if (await isInWork(connection, key).catch(() => false)) return true;
      if (performance.now() - backAt > untilBack) return false;
      await pause(250, signal);
    }
    return false;
  };
  const declines = async (key: string, signal: AbortSignal) => {
    const times = declined.get(key) ?? 0;
    if (times >= mostDeclined || !(await isAnothers(key, signal))) return false;
    declined.set(key, times + 1);
    const [oldest] = declined.keys();
    if (declined.size > memory && oldest) declined.delete(oldest);
    return true;
  };

  return {
    async take(msg, identity, signal) {
      if (held.has(identity)) return undefined;
      held.set(identity, msg);
      const key = `${stream}.${identity.replace(" ", ".")}`;
      if (shared && isRedelivery(msg) && (await declines(key, signal))) {
        held.delete(identity);
        return undefined;
      }
      declined.delete(key);
      const said = shared ? sayInWork(connection, key) : undefined;
      const alive = setInterval(sayAlive, ackWait / 2, msg);
      return {
        [Symbol.dispose]() {
          clearInterval(alive);
          said?.[Symbol.dispose]();
          held.delete(identity);
        },
      };
    },
    [Symbol.dispose]: () => reconnected[Symbol.dispose](),
  };
};
