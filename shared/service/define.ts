import type * as v from "valibot";
import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Ask, Bus, Delivery, Follow, Publish, Terms } from "#shared/bus/bus.ts";
import type { Message, Payload, Question } from "#shared/bus/declare.ts";
import type { Counter, Gauge, Histogram, Measure, Reading } from "#shared/metrics/declare.ts";
import type { Pause } from "#shared/pause.ts";
import type { Fetch } from "#shared/runtime.ts";
import type { AttemptsTable, TicksTable } from "#shared/state/recovery.ts";
import type { State } from "#shared/state/state.ts";
import type { Cron } from "./cron.ts";
import type { Log } from "./log.ts";
import type { OutboxTables } from "./outbox.ts";
import type { Reconcile } from "./reconcile.ts";

/** The world as a service sees it. Nothing below `run` reads the environment, the time, chance or a socket. */
export type World = {
  readonly log: Log;
  readonly now: () => number;
  readonly pause: Pause;
  /** A UUID that nothing else has. */
  readonly newId: () => string;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly measure: Measure;
  readonly ask: Ask;
  /** For what `follows` lists as followed on demand. */
  readonly follow: Follow;
  readonly blobs: Blobs;
  readonly oldestUnhandled: Bus["oldestUnhandled"];
  /** Aborted when the service starts to stop, before anything of it ends; the reason is a `Fault` unavailable. */
  readonly signal: AbortSignal;
};

/** What a service with `state: true` sees besides. It publishes in its writes. */
export type Tables = { readonly state: State };

/** What a service without tables sees besides. */
export type Publishing = { readonly publish: Publish };

export type ConfigSchema = v.GenericSchema<unknown, object>;

export type Base<C extends ConfigSchema> = World & { readonly config: v.InferOutput<C> };

/** What handlers get: the world, the service's config, what its `open` returned, and `& Tables` where it has state. */
export type ContextOf<C extends ConfigSchema, D> = Base<C> & D;

/** One row of a service's `consumes` table. */
export type Subscription<Context> = {
  readonly message: Message;
  open(bus: Bus, name: string, context: Context): Promise<AsyncDisposable>;
};

export type Options<M extends Message, Context> = Omit<Terms, "ready"> & {
  /** While it rejects, no message is taken. */
  readonly ready?: (context: Context) => Promise<void>;
  /** Says an outcome for a message that is given up. */
  readonly dropped?: (context: Context, payload: Payload<M>, error: unknown) => Promise<void>;
};

/** `options` may depend on the config. */
export const on = <M extends Message, Context>(
  message: M,
  handle: (context: Context, payload: Payload<M>, delivery: Delivery) => Promise<void>,
  options: Options<M, Context> | ((context: Context) => Options<M, Context>),
): Subscription<Context> => ({
  message,
  open: (bus, name, context) => {
    const { dropped, ready, ...terms } = typeof options === "function" ? options(context) : options;
    return bus.consume(
      name,
      message,
      { ...terms, ...(ready && { ready: () => ready(context) }) },
      (payload, delivery) => handle(context, payload, delivery),
      dropped && ((payload, error) => dropped(context, payload, error)),
    );
  },
});

/** One row of a service's `follows` table. */
export type Following<Context> = {
  readonly message: Message;
  /** Absent where a verb follows the message by the world's `follow`. */
  open?(bus: Bus, context: Context): Promise<AsyncDisposable>;
};

/**
 * Calls `handle` with every message in order, in each process: `start` from the oldest kept one, all of which are handled before
 * the next row is opened and anything is consumed or answered; `now` from the start of the service.
 */
export const follow = <M extends Message, Context>(
  message: M,
  handle: (context: Context, payload: Payload<M>) => void,
  { from }: { readonly from: "start" | "now" },
): Following<Context> => ({
  message,
  open: (bus, context) => bus.follow(message, from, (payload) => handle(context, payload)),
});

/** A verb follows the message by the world's `follow`, for as long as somebody waits for what comes. */
export const followOnDemand = (message: Message): Following<unknown> => ({ message });

/** One row of a service's `answers` table. */
export type Answering<Context> = {
  readonly question: Question;
  open(bus: Bus, name: string, context: Context): Promise<AsyncDisposable>;
};

export const answer = <R extends v.GenericSchema, A extends v.GenericSchema, Context>(
  question: Question<R, A>,
  handle: (context: Context, request: v.InferOutput<R>) => Promise<v.InferInput<A>>,
): Answering<Context> => ({
  question,
  open: (bus, name, context) => bus.answer(name, question, (request) => handle(context, request)),
});

export type Repetition<Context> = {
  /** Milliseconds between the end of one run and the next; the first is at start. */
  interval(): number;
  run(context: Context, signal: AbortSignal): Promise<void>;
};

export const every = <Context>(
  interval: number,
  run: Repetition<Context>["run"],
): Repetition<Context> => ({ interval: () => interval, run });

/** One row of a service's `shows` table: gauges that are read together whenever somebody looks. */
export type Showing<Context> = {
  readonly gauges: readonly Gauge[];
  read(context: Context): Promise<readonly Reading[]>;
};

export const show = <Context>(
  gauges: readonly Gauge[],
  read: Showing<Context>["read"],
): Showing<Context> => ({ gauges, read });

/** What answers a service's web requests. */
export type HttpApp = {
  readonly fetch: Fetch;
};

/** Where a service serves web requests, and by what. */
export type Serving<Context> = {
  /**
   * The path prefixes that are its own: whole segments without a slash before or after. `*` is any segment, `{ARCH}` the value
   * of the variable ARCH, and `""` the path `/`. Of two services' claims that fit a path the longer one wins.
   */
  readonly claims: readonly string[];
  serve(context: Context): HttpApp;
};

export type Service<
  C extends ConfigSchema = ConfigSchema,
  D extends object = object,
  S extends boolean = boolean,
  Context = ContextOf<C, D> & (S extends true ? Tables : Publishing),
> = {
  readonly name: string;
  readonly config: C;
  /** Whether it reads or writes tables. */
  readonly state: S;
  /**
   * The tables that keep what it has committed and not done yet: a service that has tables needs the outbox to publish,
   * `attempts` to reconcile, `ticks` to have crons.
   */
  readonly recovery?: OutboxTables & {
    readonly attempts?: AttemptsTable;
    readonly ticks?: TicksTable;
  };
  /** Whether it makes all streams there are. Where users of nats-server are told apart, nobody else may. */
  readonly makesStreams?: boolean;
  open(
    base: Base<C> & (S extends true ? Tables : Publishing),
  ): Promise<D & Partial<AsyncDisposable>>;
  readonly consumes?: readonly Subscription<NoInfer<Context>>[];
  readonly publishes?: readonly Message[];
  readonly follows?: readonly Following<NoInfer<Context>>[];
  readonly asks?: readonly Question[];
  readonly answers?: readonly Answering<NoInfer<Context>>[];
  readonly repeats?: readonly Repetition<NoInfer<Context>>[];
  readonly crons?: readonly Cron<NoInfer<Context>>[];
  readonly reconciles?: readonly Reconcile<NoInfer<Context>>[];
  readonly measures?: readonly (Counter | Histogram)[];
  readonly shows?: readonly Showing<NoInfer<Context>>[];
  readonly http?: Serving<NoInfer<Context>>;
  /** Resolves when the service can do its work; rejects with the reason when it cannot. */
  health(context: NoInfer<Context>): Promise<void>;
};

export const defineService = <C extends ConfigSchema, D extends object, S extends boolean>(
  service: Service<C, D, S>,
) => service;
