import { errors, type Msg, nanos } from "@nats-io/nats-core";
import { pause, unlessAborted } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Connection } from "./connection.ts";

/** What the server is told about a delivery. */
export type Verdict =
  | { readonly kind: "done" }
  | { readonly kind: "drop" }
  | { readonly kind: "again"; readonly after: number }
  /** As again, but nothing failed. */
  | { readonly kind: "later"; readonly after: number };

/** `+TERM` takes no reason: nats-server 2.9 would not understand it. */
const wordOf = (verdict: Verdict) => {
  if (verdict.kind === "done") return "+ACK";
  if (verdict.kind === "drop") return "+TERM";
  return verdict.after > 0 ? `-NAK {"delay":${nanos(verdict.after)}}` : "-NAK";
};

/** How long nobody may hear an acknowledgement before the consumer counts as gone, with a lost store. */
const untilGone = seconds(3);

/** Tells the server, and again until it confirms or `patience` milliseconds are over; says whether it confirmed. */
export const acknowledge = async (
  { nats, connected, whileConnected }: Connection,
  msg: Msg,
  verdict: Verdict,
  patience: number,
) => {
  const timeout = Math.min(patience, seconds(3));
  let tooLate: AbortSignal | undefined;
  let gone: AbortSignal | undefined;
  while (!tooLate?.aborted && !gone?.aborted) {
    try {
      await whileConnected(() => nats.request(msg.reply ?? "", wordOf(verdict), { timeout }));
      return true;
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError) return false;
      tooLate ??= AbortSignal.timeout(patience);
      gone = isUnheard(error) ? (gone ?? AbortSignal.timeout(untilGone)) : undefined;
      await pause(100, tooLate);
      await unlessAborted(connected(), tooLate);
    }
  }
  return false;
};

const isUnheard = (error: unknown) =>
  error instanceof errors.TimeoutError ||
  error instanceof errors.NoRespondersError ||
  (error instanceof errors.RequestError && error.isNoResponders());

/** The same for every delivery of one message, and different from that of any other, of a stream made anew too. */
export const identityOf = ({ reply = "" }: Pick<Msg, "reply">) => {
  const { streamSequence, time } = deliveryOf(reply);
  return `${streamSequence} ${time}`;
};

/** Whether the server has delivered it before, to anybody. */
export const isRedelivery = ({ reply = "" }: Pick<Msg, "reply">) => deliveryOf(reply).count !== "1";

const deliveryOf = (reply: string) => {
  // $JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>; since
  // nats-server 2.10 there may be a domain and an account after ACK, and a token at the end (ADR-15).
  const tokens = reply.split(".");
  const start = tokens.length >= 11 ? 4 : 2;
  return {
    count: tokens[start + 2],
    streamSequence: tokens[start + 3],
    time: tokens[start + 5],
  };
};
