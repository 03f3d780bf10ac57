import type * as v from "valibot";
import type { Verdict } from "#shared/bus/acknowledge.ts";
import type { Message, Narrowing, Payload, Question } from "#shared/bus/declare.ts";
import type { Prepared } from "#shared/bus/prepare.ts";

/** Resolves when a stream keeps the message. Publishing the same again is safe, however often. */
export type Publish = <M extends Message>(
  message: M,
  payload: v.InferInput<M["schema"]>,
) => Promise<void>;

/** Rejects with the answerer's `Fault`, or with `Fault` unavailable when nobody answers in time. */
export type Ask = <R extends v.GenericSchema, A extends v.GenericSchema>(
  question: Question<R, A>,
  request: v.InferInput<R>,
) => Promise<v.InferOutput<A>>;

/**
 * Calls `each` for every message of a subject in order, `start`: from the oldest kept one, and resolves when those
 * that there are were told; or `now`: from the moment the promise resolves. Goes on over restarts of the server,
 * without gap or repeat.
 */
export type Follow = <M extends Message>(
  message: M,
  from: "start" | "now",
  each: (payload: Payload<M>) => void,
  narrowing?: Narrowing<M>,
) => Promise<AsyncDisposable>;

export type Delivery = {
  /** Failures of this message in this process, 0 at first. Being given back on a stop is no failure. */
  readonly failures: number;
  /** Aborted when the service stops; a handler that then rejects gives the message back. */
  readonly signal: AbortSignal;
  /** Has the message given back, to come again after some milliseconds: that is no failure. */
  later(after: number): void;
};

export type Handle<M extends Message> = (payload: Payload<M>, delivery: Delivery) => Promise<void>;

/** Says the outcome of a message that is given up. A message that cannot be parsed has none. */
export type Dropped<M extends Message> = (payload: Payload<M>, error: unknown) => Promise<void>;

export type Terms = {
  /** Messages one process handles at the same time. */
  readonly atOnce: number;
  /** Milliseconds without a sign of life before a message is given to another process. */
  readonly ackWait: number;
  /** While it rejects, no message is taken. */
  readonly ready?: () => Promise<void>;
};

/** How one delivery of a message to a consumer went, for whoever counts them. */
export type Delivered = {
  readonly name: string;
  readonly message: Message;
  readonly verdict: Verdict["kind"];
  /** It was not the first. */
  readonly again: boolean;
};

/** What a consumer has still to do. */
export type Backlog = {
  /** Messages that were not delivered yet. */
  readonly waiting: number;
  /** Messages that were, and are not done; also those that wait to be delivered again. */
  readonly working: number;
  /** When the oldest of a work stream came in, where there is one. */
  readonly oldestAt?: number;
};

export type Bus = AsyncDisposable & {
  readonly publish: Publish;
  /** Publishes what `prepare` made of a payload, at this time or before. */
  send(prepared: Prepared): Promise<void>;
  readonly ask: Ask;
  readonly follow: Follow;
  /** Processes that consume under one name share the messages. Disposing gives back what is in work. */
  consume<M extends Message>(
    name: string,
    message: M,
    terms: Terms,
    handle: Handle<M>,
    dropped?: Dropped<M>,
  ): Promise<AsyncDisposable>;
  /** Processes that answer under one name share the questions. Disposing lets those under way end. */
  answer<R extends v.GenericSchema, A extends v.GenericSchema>(
    name: string,
    question: Question<R, A>,
    handle: (request: v.InferOutput<R>) => Promise<v.InferInput<A>>,
  ): Promise<AsyncDisposable>;
  /** Of who consumes under that name; rejects where the server does not answer. */
  backlog(name: string, message: Message): Promise<Backlog>;
  /**
   * When the oldest of these messages came in that some consumer has still to handle; undefined: there is none. Of a work
   * stream, every message counts. Rejects where the server does not answer.
   */
  oldestUnhandled(messages: readonly Message[]): Promise<number | undefined>;
  /** Resolves when the server answers; rejects with `Fault` unavailable when it does not. */
  ping(): Promise<void>;
};
