import { filterOf, type Message, type Stream } from "#shared/bus/declare.ts";
import type { Prepared } from "#shared/bus/prepare.ts";
import { messages } from "#shared/messages/index.ts";
import { minutes } from "#shared/time.ts";

/** A message on its way into the stream that its subject belongs to. */
export type Sent = Prepared & { readonly declared: Message };

export type Stored = Sent & { readonly sequence: number; readonly at: number };

/** What is declared of a subject, as a stream takes it by its filters. */
export const declaredOf = (subject: string): Message => {
  const declared = messages.find((message) => matcherOf(filterOf(message))(subject));
  if (!declared) throw new Error(`no stream takes ${subject}`);
  return declared;
};

/** Two messages of one id within this time are one. */
const window = minutes(2);

export type Kept = "stored" | "duplicate" | "refused";

/** What nats-server keeps: it is lost as a whole. */
export type Streams = {
  /** `refused`: a work stream has one message of the subject already. */
  store(sent: Sent): Kept;
  /** The messages of a stream, the oldest first. */
  of(name: string): readonly Stored[];
  /** The last sequence that was given in a stream. */
  last(name: string): number;
  remove(name: string, sequence: number): void;
  /** Forgets the messages of a log stream that are there now. */
  trim(name: string): void;
  lose(): void;
  /** Named in the order in which they were first used. */
  names(): readonly string[];
};

type Kind = {
  readonly keep: Stream["keep"];
  messages: Stored[];
  last: number;
  readonly seen: Map<string, number>;
};

export const openStreams = (now: () => number): Streams => {
  const streams = new Map<string, Kind>();
  const demand = (stream: Stream) => {
    const known = streams.get(stream.name);
    if (known) return known;
    const made: Kind = { keep: stream.keep, messages: [], last: 0, seen: new Map() };
    streams.set(stream.name, made);
    return made;
  };

  return {
    store(sent) {
      const stream = demand(sent.declared.stream);
      const seenAt = stream.seen.get(sent.id);
      if (seenAt !== undefined && now() - seenAt < window) return "duplicate";
      const { subject } = sent;
      if (stream.keep === "work" && stream.messages.some((it) => it.subject === subject))
        return "refused";
      stream.last += 1;
      stream.seen.set(sent.id, now());
      stream.messages.push({ ...sent, sequence: stream.last, at: now() });
      return "stored";
    },
    of: (name) => streams.get(name)?.messages ?? [],
    last: (name) => streams.get(name)?.last ?? 0,
    remove(name, sequence) {
      const stream = streams.get(name);
      if (stream) stream.messages = stream.messages.filter((it) => it.sequence !== sequence);
    },
    trim(name) {
      const stream = streams.get(name);
      if (stream?.keep === "log") stream.messages = [];
    },
    lose: () => streams.clear(),
    names: () => [...streams.keys()],
  };
};

/** Whether a subject is one that a filter names; a `*` stands for one token. */
export const matcherOf = (filter: string) => {
  const wanted = filter.split(".");
  return (subject: string) => {
    if (subject === filter) return true;
    const tokens = subject.split(".");
    return (
      tokens.length === wanted.length &&
      wanted.every((token, at) => token === "*" || token === tokens[at])
    );
  };
};
