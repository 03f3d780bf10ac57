import { join } from "node:path";
import * as v from "valibot";
import { openBlobs } from "#shared/blobs/open.ts";
import type { Delivered } from "#shared/bus/bus.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { streamsOf } from "#shared/bus/permissions.ts";
import { messages } from "#shared/messages/index.ts";
import type { Measure } from "#shared/metrics/declare.ts";
import { openMetrics } from "#shared/metrics/prometheus.ts";
import type { ProgramEnvironment } from "#shared/run-program.ts";
import { mayRead, serve } from "#shared/runtime.ts";
import { openState } from "#shared/state/open.ts";
import { openAnswering } from "./answer.ts";
import { integer, parseConfig, text } from "./config.ts";
import type { Service, World } from "./define.ts";
import type { Part } from "./health.ts";
import type { Log } from "./log.ts";
import { common, deliveries, redeliveries } from "./metrics.ts";
import { NetworkConfig, ProgramConfig, programEnvironment } from "./program-config.ts";
import { type Environment, type Running, start } from "./start.ts";
import { demandWithoutFiles } from "./without-files.ts";

/** What every process is set to, whatever service it runs. */
export const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  HOST: v.optional(v.string(), "127.0.0.1"),
  PORT: integer(8080, 0, 65_535, "a port"),
  /** Absent: a nats-server of our own. */
  NATS_URL: text,
  /** Absent: a file under DATA_DIR. */
  STATE_URL: text,
  STATE_TOKEN: text,
  /** Absent: a directory under DATA_DIR. */
  BLOBS_URL: text,
  /** MiB that copies of blobs from elsewhere may take in DATA_DIR; 0: none are kept. */
  BLOBS_CACHE: integer(10_240, 0, 1_073_741_824, "a number of MiB"),
  /** For BLOBS_URL=s3://… */
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
  ...ProgramConfig,
  ...NetworkConfig,
});

export type Hosted = AsyncDisposable & {
  /** Where the services' web apps are served together. */
  readonly url: string;
};

type Outside = Pick<World, "log" | "now" | "pause" | "newId" | "random">;

/** Runs services in this process, on one port. Disposing ends all that was started, nats-server last. */
export const host = async (
  services: readonly Service[],
  environment: Environment,
  { log, now, pause, newId, random }: Outside,
): Promise<Hosted> => {
  const config = parseConfig(Config, environment);
  const data = config.DATA_DIR;
  const hasState = services.some((service) => service.state);
  demandWithoutFiles(data, "NATS_URL", config.NATS_URL, "wss://host:port");
  if (hasState) demandWithoutFiles(data, "STATE_URL", config.STATE_URL, "https://host");
  if (mayRead(data)) await closed(data);
  const metrics = openMetrics([...common, ...services.flatMap(metricsOf)]);
  const { measure } = metrics;
  const ground: Part[] = [];
  const answering = openAnswering({ ground, log, metrics });

  await using started = new AsyncDisposableStack();
  const http = started.use(await serve(answering.fetch, config.HOST, config.PORT));
  const servers =
    config.NATS_URL ??
    started.use(await embedded(join(data, "nats"), log, programEnvironment(config))).url;
  // Before the bus, as connecting sets up the streams: where a newer version migrated the database, they stay as they are.
  const state = hasState
    ? started.use(
        await openState(config.STATE_URL ?? `file:${join(data, "state.db")}`, config.STATE_TOKEN),
      )
    : undefined;
  const bus = started.use(
    await connectJetStream({
      servers,
      messages: messagesOf(services),
      log,
      alone: !config.NATS_URL,
      delivered: (delivery) => countDelivery(measure, delivery),
    }),
  );
  ground.push({ name: "bus", health: () => bus.ping() });
  const blobs = await openBlobs(config.BLOBS_URL ?? `file:${join(data, "blobs")}`, {
    ...config,
    cache: { directory: join(data, "blob-cache"), bytes: config.BLOBS_CACHE * 1024 ** 2 },
    now,
  });
  const surroundings = {
    bus,
    blobs,
    log,
    measure,
    now,
    pause,
    newId,
    random,
    alone: !config.NATS_URL,
    ...(state && { state }),
  };
  const each: Running[] = [];
  for (const service of services) {
    each.push(started.use(await start(service, environment, surroundings)));
    log.info("started", { service: service.name });
  }
  answering.begin(each);

  const ended = started.move();
  return {
    url: `http://${config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST}:${http.port}`,
    async [Symbol.asyncDispose]() {
      // First, so that open event streams and requests under way do not hold up the services.
      await http[Symbol.asyncDispose]();
      await ended.disposeAsync();
    },
  };
};

/** What is on the streams that these services need. */
const messagesOf = (services: readonly Service[]) => {
  if (services.some(({ makesStreams }) => makesStreams)) return messages;
  const streams = new Set(services.flatMap(streamsOf));
  return messages.filter(({ stream }) => streams.has(stream));
};

const metricsOf = ({ measures = [], shows = [] }: Service) => [
  ...measures,
  ...shows.flatMap(({ gauges }) => gauges),
];

const countDelivery = ({ count }: Measure, { name, message, verdict, again }: Delivered) => {
  const labels = { service: name, message: message.subject };
  count(deliveries, { ...labels, verdict });
  if (again) count(redeliveries, labels);
};

const closed = async (directory: string) => {
  const { closeDataDirectory } = await import("./close-data-directory.ts");
  await closeDataDirectory(directory);
};

const embedded = async (directory: string, log: Log, programs: ProgramEnvironment) => {
  const { startEmbeddedNats } = await import("#shared/bus/embedded.ts");
  return startEmbeddedNats({ directory, log, environment: programs });
};
