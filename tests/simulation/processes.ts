import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Log } from "#shared/service/log.ts";
import { type Running, start } from "#shared/service/start.ts";
import { seconds } from "#shared/time.ts";
import type { Api } from "../../services/api/context.ts";
import { openBus } from "./bus.ts";
import type { Host } from "./containers.ts";
import type { Tables } from "./database.ts";
import { type Kernel, openProcess, type Process } from "./kernel.ts";
import { openPoints } from "./points.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
import { serviceOf } from "./services.ts";
import type { Upstream } from "./upstream.ts";

/** The place of a process: when one dies, another starts there. */
type Place = {
  readonly service: string;
  readonly replica: number;
  process: Process;
  running?: Running;
  api?: Api;
};

export type Processes = {
  /** The api of a process that serves. */
  apis(): readonly { readonly api: Api; readonly process: Process }[];
  /** The repositories that are served. */
  repositories(): readonly NonNullable<Running["http"]>[];
  /** Whether every process runs. */
  allRun(): boolean;
};

type Parts = {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly newId: () => string;
  readonly server: Server;
  readonly tables: Tables;
  readonly blobs: Blobs;
  readonly upstream: Upstream;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly environment: Readonly<Record<string, string>>;
  readonly replicas: ReadonlyMap<string, number>;
  logOf(process: Process): Log;
  /** Called when a process has died. */
  died(process: Process): void;
};

const measure = { count: () => {}, observe: () => {} };

/** Starts every process, and starts it again some time after it died. */
export const startProcesses = (parts: Parts): Processes => {
  const { kernel, newId, random, replicas, died } = parts;
  const chance = random.fork("chance");
  const restarts = random.fork("restarts");
  const places: Place[] = [];
  let incarnation = 0;

  const begin = async (place: Place) => {
    incarnation += 1;
    const { service, replica } = place;
    const process = openProcess(service, replica);
    place.process = process;
    delete place.running;
    delete place.api;
    process.onDeath(() => {
      died(process);
      kernel.clock.after(restarts.between(200, seconds(restarts.chance(0.2) ? 60 : 8)), () => {
        void begin(place);
      });
    });
    const log = parts.logOf(process);
    const { aur, git } = parts.upstream.connect(process);
    const host = parts.hosts.get(process.name);
    const engine = host?.connect(process);
    const outside = {
      ...(engine && { engine }),
      identity: { place: process.name, pid: firstPid + incarnation, id: newId() },
      aur,
      git,
      opened: (api: Api) => {
        place.api = api;
      },
    };
    const points = openPoints(kernel, process);
    await kernel.reach(process, "start", service, String(incarnation));
    const named = { ...parts.environment, BUILDER_NAME: `host-${replica}` };
    const starting = start(points.around(serviceOf(service, outside)), named, {
      log,
      now: kernel.clock.now,
      pause: kernel.pauseOf(process),
      newId,
      random: chance.next,
      measure,
      blobs: parts.blobs,
      bus: openBus({ kernel, server: parts.server, process, log }),
      state: parts.tables.stateOf(process, points.committed),
    });
    try {
      place.running = await starting;
    } catch (error) {
      log.error("start failed", { error });
      process.die();
    }
  };

  for (const [service, count] of replicas)
    for (let replica = 1; replica <= count; replica++) {
      const place: Place = { service, replica, process: openProcess(service, replica) };
      places.push(place);
      void begin(place);
    }

  const alive = () => places.filter(({ process }) => process.isAlive());
  return {
    apis: () =>
      alive().flatMap(({ api, process, running }) => (api && running ? [{ api, process }] : [])),
    repositories: () =>
      alive().flatMap(({ service, running }) =>
        service === "repo" && running?.http ? [running.http] : [],
      ),
    allRun: () => places.every(({ process, running }) => process.isAlive() && running),
  };
};

/** Above every real process id, so that no process of this machine has one of a run. */
const firstPid = 5_000_000;
