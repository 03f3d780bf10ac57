import type { Blobs } from "#shared/blobs/blobs.ts";
import { all } from "../../services/all.ts";
import { openBlobs } from "./blobs.ts";
import { type Host, openHost } from "./containers.ts";
import { openTables, type Tables, type Template } from "./database.ts";
import { type Faults, openFaults, type Plan } from "./faults.ts";
import { openIds } from "./ids.ts";
import { watchBlobs } from "./invariants/blobs.ts";
import { watchContainers } from "./invariants/containers.ts";
import { type Lives, watchLives } from "./invariants/lives.ts";
import { watchPublications } from "./invariants/publications.ts";
import { type Ticks, watchTicks } from "./invariants/ticks.ts";
import { type Kernel, openKernel } from "./kernel.ts";
import { openLog } from "./log.ts";
import { type Observer, openObserver } from "./observer.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { type Processes, startProcesses } from "./processes.ts";
import type { Random } from "./random.ts";
import { openServer, type Server } from "./server.ts";
import type { Sent } from "./streams.ts";
import { openUpstream, type Upstream } from "./upstream.ts";

export const pairs: readonly Pair[] = pairsOf(all);

export type World = AsyncDisposable & {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly server: Server;
  readonly tables: Tables;
  readonly blobs: Blobs;
  readonly upstream: Upstream;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly processes: Processes;
  readonly observer: Observer;
  readonly lives: Lives;
  readonly ticks: Ticks;
  readonly newId: () => string;
  /** Takes an error that is no `Fault`: a violation, unless a row cannot be read. */
  bug(where: string, error: unknown): void;
};

type Given = {
  readonly name: string;
  readonly random: Random;
  readonly plan: Plan;
  readonly template: Template;
  /** Whether a row was made unreadable: then services may meet what they never should. */
  hasBadRow(): boolean;
  /** Called after each death. */
  died(): void;
  quiet(): Promise<void>;
};

/** All services on one simulated host each, with what surrounds them. */
export const openWorld = async (given: Given): Promise<World> => {
  const { name, random, plan, template, hasBadRow, died, quiet } = given;
  const faults = openFaults(plan, random.fork("faults"), pairs);
  const { haste } = plan;
  const kernel = openKernel({ random: random.fork("schedule"), meddler: faults, haste, quiet });
  const observer = openObserver(kernel);
  const bug = (where: string, error: unknown) => {
    if (!hasBadRow()) observer.violated("no bug is thrown", `${where}: ${textOf(error)}`);
  };

  const tables = await openTables(template, name, kernel, ({ service }) => {
    lives.written(service);
    if (service === "repo") publications.written();
    if (service === "scheduler") ticks.written();
  });
  const lives = watchLives(tables, observer);
  const publications = watchPublications(tables, observer);
  const containers = watchContainers(observer);
  const ticks = watchTicks(schedule, tables, observer);

  const server = openServer({
    kernel,
    random: random.fork("bus"),
    faults: {
      losesReply: () => faults.happens(plan.lostReply),
      missesLife: () => faults.happens(plan.missedLife),
    },
    bug: (process, subject, error) => bug(`${process.service} answers ${subject}`, error),
    stored: lives.stored,
    followed(process, message) {
      const id = endedBy(message);
      if (id !== undefined) containers.heard(process, id);
    },
  });
  const upstream = openUpstream({ kernel, fails: () => faults.happens(plan.failedFetch) });
  const replicas = drawReplicas(random.fork("replicas"));
  const hosts = new Map(
    Array.from({ length: replicas.get("builder") ?? 1 }, (_, at) => [
      `builder-${at + 1}`,
      openHost({
        kernel,
        random: random.fork(`host ${at}`),
        upstream,
        asked: containers.asked,
      }),
    ]),
  );
  const references = watchBlobs(tables, server, observer);
  const blobs = openBlobs(kernel.clock.now, references.deleted);
  const newId = openIds(random.fork("ids"));
  const processes = startProcesses({
    kernel,
    random: random.fork("processes"),
    newId,
    server,
    tables,
    blobs,
    upstream,
    hosts,
    environment: drawEnvironment(random.fork("environment"), plan),
    replicas,
    logOf: (process) =>
      openLog(kernel, process, (_, event, error) => bug(`${process.service} ${event}`, error)),
    died,
  });

  return {
    kernel,
    faults,
    server,
    tables,
    blobs,
    upstream,
    hosts,
    processes,
    observer,
    lives,
    ticks,
    newId,
    bug,
    [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose](),
  };
};

const textOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message.split("\n", 1)[0]}` : String(error);

/** What a builder needs no container for any more once it has this message. */
const endedBy = ({ subject, data }: Sent): string | undefined => {
  if (!/^(re)?build\.(ended|finished)$/.test(subject)) return undefined;
  const payload: Record<string, unknown> = JSON.parse(data);
  return String(
    payload.build !== undefined && subject.startsWith("build") ? payload.build : payload.rebuild,
  );
};

const drawReplicas = (random: Random): ReadonlyMap<string, number> =>
  new Map(
    all.map(({ name }) => [name, random.chance(name === "builder" ? 0.5 : 0.25) ? 2 : 1] as const),
  );

/** Its ticks end soon, so that a run can come to its end. */
const schedule = "0 1-4 * * * *";

const drawEnvironment = (random: Random, { aim }: Plan): Readonly<Record<string, string>> => ({
  ALLOW_READS: "true",
  AUTHORIZED_SECRETS: "unused",
  BUILD_CLI: "false",
  BUILD_TIMEOUT: "90",
  BUILDER_SLOTS: String(random.between(1, 2)),
  CONCURRENT_BUILDS: random.chance(0.3) ? "1" : "5",
  RESOLVE_IGNORE_FAILED: String(random.chance(0.2)),
  RESOLVE_BUILD_SEQUENCE: String(random.chance(0.9)),
  REBUILD_PUBLISHED: String(random.chance(0.8) || /^rebuild(\.|s of )/.test(aim.pair.subject)),
  SCHEDULE: schedule,
  SCHEDULING_DISABLED: String(random.chance(0.6) && !/^(cron|reconcile)$/.test(aim.pair.kind)),
});
