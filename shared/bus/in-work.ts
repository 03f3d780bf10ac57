import type { Connection } from "./connection.ts";

/** Subjects that nobody hears anything on: that one is subscribed to says that a process is at work on what it names. */
const subjectOf = (key: string) => `in-work.${key}`;

/** Says that this process is at work on something, until disposed; the process's end says so too, at once. */
export const sayInWork = ({ nats }: Pick<Connection, "nats">, key: string): Disposable => {
  const subscription = nats.subscribe(subjectOf(key), { callback: () => {} });
  return {
    [Symbol.dispose]() {
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
};

/** Whether any process is at work on it. Rejects where there is no connection. */
export const isInWork = async (
  { nats, newInbox, whileConnected }: Pick<Connection, "nats" | "newInbox" | "whileConnected">,
  key: string,
) => {
  const inbox = newInbox();
  let vacant = false;
  const subscription = nats.subscribe(inbox, {
    callback: (_, msg) => {
      vacant ||= msg.headers?.code === 503;
    },
  });
  try {
    // "No responders" comes before the answer to a ping that was sent later.
    nats.publish(subjectOf(key), "", { reply: inbox });
    await whileConnected(() => nats.flush());
    return !vacant;
  } finally {
    if (!subscription.isClosed()) subscription.unsubscribe();
  }
};
