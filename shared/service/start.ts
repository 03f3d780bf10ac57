import { measuredBlobs } from "#shared/blobs/measured.ts";
import type { Ask, Bus, Follow, Publish } from "#shared/bus/bus.ts";
import { Fault } from "#shared/fault.ts";
import type { Reading } from "#shared/metrics/declare.ts";
import type { State } from "#shared/state/state.ts";
import { fillClaims } from "./claims.ts";
import { parseConfig } from "./config.ts";
import { cronRepetition } from "./cron.ts";
import type { HttpApp, Repetition, Service, World } from "./define.ts";
import { measureDeclared } from "./measures.ts";
import { blobBytes } from "./metrics.ts";
import { openOutbox } from "./outbox.ts";
import { readGauges } from "./read-gauges.ts";
import { reconciliation } from "./reconcile.ts";

/** The world before a service is put into it. */
export type Surroundings = Omit<World, "ask" | "follow" | "oldestUnhandled" | "signal"> & {
  readonly bus: Bus;
  /** Absent where no service has tables. */
  readonly state?: State;
  /** No other process runs on this database and this nats-server. */
  readonly alone?: boolean;
};

export type Running = AsyncDisposable & {
  readonly name: string;
  readonly http?: HttpApp & { readonly claims: readonly string[] };
  health(): Promise<void>;
  /** What its gauges show now, as far as that is known. */
  readGauges(): Promise<readonly Reading[]>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Starts a service in a world. Disposing stops what was started, last first. */
export const start = async (
  service: Service,
  environment: Environment,
  { bus, state, alone = false, ...surroundings }: Surroundings,
): Promise<Running> => {
  await using started = new AsyncDisposableStack();
  const stopping = new AbortController();
  const { signal } = stopping;
  // Disposed before what was started, also when the start fails.
  using stop = new DisposableStack();
  stop.defer(() => stopping.abort(new Fault("unavailable", `the ${service.name} is stopping`)));
  const log = surroundings.log.with({ service: service.name });
  const config = parseConfig(service.config, environment);
  const { measure } = surroundings;
  const blobs = measuredBlobs(surroundings.blobs, (direction, bytes) =>
    measure.count(blobBytes, { service: service.name, direction }, bytes),
  );
  const base = {
    ...surroundings,
    ...declaredOnly(service, bus),
    measure: measureDeclared(service, measure),
    blobs,
    log,
    config,
    signal,
  };
  const around = { ...surroundings, alone, bus, log };
  const tables = service.state
    ? openTables(service, demandState(service, state), around, started)
    : undefined;
  const world = tables
    ? { ...base, state: tables }
    : { ...base, publish: publishDeclared(service, bus) };
  const opened = await service.open(world);
  started.defer(async () => opened[Symbol.asyncDispose]?.());

  const context = { ...world, ...opened };
  for (const following of service.follows ?? [])
    if (following.open) started.use(await following.open(bus, context));
  for (const answering of service.answers ?? [])
    started.use(await answering.open(bus, service.name, context));
  for (const subscription of service.consumes ?? [])
    started.use(await subscription.open(bus, service.name, context));
  for (const repetition of service.repeats ?? []) started.use(repeat(repetition, context));
  for (const cron of service.crons ?? [])
    started.use(
      repeat(cronRepetition(service, cron, { ...around, context, state: tables }), context),
    );
  for (const reconcile of service.reconciles ?? [])
    started.use(repeat(reconciliation(service, reconcile, { ...around, context, state }), context));

  const http = service.http && {
    claims: fillClaims(service.http.claims, config),
    fetch: service.http.serve(context).fetch,
  };
  const running = started.move();
  const stopped = stop.move();
  return {
    name: service.name,
    ...(http && { http }),
    health: () => service.health(context),
    readGauges: () =>
      readGauges(service, context, { bus, log, now: world.now, pause: world.pause }),
    async [Symbol.asyncDispose]() {
      stopped.dispose();
      await running.disposeAsync();
    },
  };
};

const demand = <T extends { readonly subject: string }>(
  { name }: Pick<Service, "name">,
  table: readonly T[] = [],
  used: T,
) => {
  if (!table.includes(used)) throw new TypeError(`${name} does not declare ${used.subject}`);
};

/** The bus as one service may use it: what its table does not name, it cannot ask or follow. */
const declaredOnly = (service: Service, bus: Bus) => {
  const onDemand = service.follows?.filter(({ open }) => !open).map(({ message }) => message);
  const ask: Ask = async (question, request) => {
    demand<{ readonly subject: string }>(service, service.asks, question);
    return bus.ask(question, request);
  };
  const follow: Follow = async (message, ...rest) => {
    demand(service, onDemand, message);
    return bus.follow(message, ...rest);
  };
  return { ask, follow, oldestUnhandled: bus.oldestUnhandled };
};

const publishDeclared =
  (service: Service, bus: Bus): Publish =>
  async (message, payload) => {
    demand(service, service.publishes, message);
    await bus.publish(message, payload);
  };

/** The database as one service may use it: what its writes publish is kept in its outbox. */
const openTables = (
  service: Service,
  state: State,
  around: Omit<Parameters<typeof openOutbox>[2], "state">,
  started: AsyncDisposableStack,
): State => {
  const { recovery } = service;
  return recovery ? started.use(openOutbox(service, recovery, { ...around, state })) : state;
};

const demandState = (service: Service, state: State | undefined) => {
  if (!state) throw new Fault("unavailable", `${service.name} has tables but no database is open`);
  return state;
};

/** Runs at once, and again an interval after each end, until the service stops; disposing waits for a run to end. */
const repeat = <Context extends Pick<World, "log" | "pause" | "signal">>(
  { interval, run }: Repetition<Context>,
  context: Context,
): AsyncDisposable => {
  const { log, pause, signal } = context;
  const loop = async () => {
    while (!signal.aborted) {
      await run(context, signal).catch((error: unknown) => {
        if (!signal.aborted) log.error("repetition failed", { run: run.name, error });
      });
      if (!signal.aborted) await pause(interval(), signal);
    }
  };
  const ended = loop();
  return { [Symbol.asyncDispose]: () => ended };
};
