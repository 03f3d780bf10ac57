import type { Stream } from "#shared/bus/declare.ts";
import { minutes } from "#shared/time.ts";

/** A message that is ready to be sent. */
export type Prepared = {
  readonly stream: Stream;
  readonly subject: string;
  /** What it is deduplicated by. */
  readonly id: string;
  readonly data: Uint8Array;
};

export type Stored = Prepared & { readonly sequence: number; readonly at: number };

/** Two messages of one id within this time are one. */
const window = minutes(2);

export type Kept = "stored" | "duplicate" | "refused";

/** What nats-server keeps: it is lost as a whole. */
export type Streams = {
  /** `refused`: a work stream has one message of the subject already. */
  store(prepared: Prepared): Kept;
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
    store(prepared) {
      const stream = demand(prepared.stream);
      const seenAt = stream.seen.get(prepared.id);
      if (seenAt !== undefined && now() - seenAt < window) return "duplicate";
      const { subject } = prepared;
      if (stream.keep === "work" && stream.messages.some((it) => it.subject === subject))
        return "refused";
      stream.last += 1;
      stream.seen.set(prepared.id, now());
      stream.messages.push({ ...prepared, sequence: stream.last, at: now() });
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
