import type { Pause } from "#shared/pause.ts";
import { type Clock, openClock } from "./clock.ts";
import type { Random } from "./random.ts";
import { openTrace, type Trace } from "./trace.ts";

/** What a process does to the world outside of it, or the world to it. */
export type Kind =
  | "write"
  | "publish"
  | "ask"
  | "reply"
  | "question"
  | "answer"
  | "consume"
  | "ack"
  | "follow"
  | "cron"
  | "reconcile"
  | "pause"
  | "engine"
  | "fetch"
  | "start"
  | "subscribe"
  | "call";

export type Process = {
  readonly name: string;
  readonly service: string;
  isAlive(): boolean;
  /** Runs at its death; answers how to take that back. */
  onDeath(act: () => void): () => void;
  die(): void;
};

export type Point = {
  readonly process: Process;
  readonly kind: Kind;
  readonly subject: string;
  readonly id: string;
};

/** What may come in between; both are asked at every point. */
export type Meddler = {
  /** Whether the process dies in place of the point. */
  before(point: Point): boolean;
  /** Whether the process dies once what follows from the point has come to rest. */
  after(point: Point): boolean;
};

type Ready = Point & {
  readonly key: string;
  readonly grant: () => void;
  readonly withdraw: () => void;
};

export type Kernel = {
  readonly clock: Clock;
  readonly trace: Trace;
  /** Resolves when the kernel grants the point, which is never for a process that is dead. */
  reach(process: Process, kind: Kind, subject: string, id?: string): Promise<void>;
  pauseOf(process: Process): Pause;
  /** Grants one point; false where nothing will ever happen again. */
  step(): Promise<boolean>;
};

type Parts = {
  readonly random: Random;
  readonly meddler: Meddler;
  /** How often time passes although somebody could act. */
  readonly haste: number;
  quiet(): Promise<void>;
};

const start = Date.UTC(2026, 0, 1);

/**
 * Runs processes one at a time, from point to point. What a process does between two points happens at once: nobody
 * else acts until all of it has come to rest.
 */
export const openKernel = ({ random, meddler, haste, quiet }: Parts): Kernel => {
  const clock = openClock(start);
  const trace = openTrace(start);
  /** By their keys. */
  const ready: Ready[] = [];

  const offer = (point: Point, grant: () => void) => {
    const { process, kind, subject, id } = point;
    const key = `${process.name} ${subject} ${kind} ${id}`;
    const withdraw = () => {
      forget();
      const place = ready.indexOf(offered);
      if (place !== -1) ready.splice(place, 1);
    };
    const forget = process.onDeath(withdraw);
    const offered = { process, kind, subject, id, key, grant, withdraw };
    const at = ready.findIndex((other) => other.key > key);
    ready.splice(at === -1 ? ready.length : at, 0, offered);
    return withdraw;
  };

  const pauseOf =
    (process: Process): Pause =>
    (milliseconds, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        if (!process.isAlive()) return;
        const end = () => {
          forget();
          cancel();
          signal?.removeEventListener("abort", end);
          resolve();
        };
        let cancel = clock.after(milliseconds, () => {
          cancel = offer({ process, kind: "pause", subject: "", id: String(milliseconds) }, end);
        });
        const forget = process.onDeath(() => cancel());
        signal?.addEventListener("abort", end);
      });

  return {
    clock,
    trace,
    pauseOf,
    reach: (process, kind, subject, id = "") =>
      new Promise<void>((resolve) => {
        if (process.isAlive()) offer({ process, kind, subject, id }, resolve);
      }),
    async step() {
      clock.fireDue();
      while (ready.length === 0 || random.chance(haste)) {
        if (!clock.skip()) break;
        clock.fireDue();
      }
      const point = ready[random.below(ready.length)];
      if (!point) return false;
      const { process, kind, subject, id } = point;
      if (meddler.before(point)) {
        trace.add(clock.now(), "DIES", process.name, `before ${kind} ${subject}`, id);
        process.die();
        await quiet();
        return true;
      }
      point.withdraw();
      trace.add(clock.now(), kind, process.name, subject, id);
      clock.pass(random.below(3));
      point.grant();
      await quiet();
      if (process.isAlive() && meddler.after(point)) {
        trace.add(clock.now(), "DIES", process.name, `after ${kind} ${subject}`, id);
        process.die();
        await quiet();
      }
      return true;
    },
  };
};

/** Resolves at once, but never for a process that is dead: what it waited for finds it no more. */
export const unlessDead = (process: Process) =>
  process.isAlive() ? Promise.resolve() : new Promise<never>(() => {});

export const openProcess = (service: string, replica: number): Process => {
  const acts = new Set<() => void>();
  let alive = true;
  return {
    name: `${service}-${replica}`,
    service,
    isAlive: () => alive,
    onDeath(act) {
      acts.add(act);
      return () => void acts.delete(act);
    },
    die() {
      alive = false;
      for (const act of acts) act();
      acts.clear();
    },
  };
};
