import { join } from "node:path";
import type * as v from "valibot";
import { openBlobs } from "#shared/blobs/open.ts";
import type { Message, Question } from "#shared/bus/declare.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { jsonLog } from "#shared/service/log.ts";
import { machine } from "#shared/service/machine.ts";
import { openState } from "#shared/state/open.ts";
import {
  apiOutbox,
  repoOutbox,
  resolverOutbox,
  schedulerOutbox,
  verifierOutbox,
} from "#shared/state/recovery.ts";
import type { State } from "#shared/state/state.ts";
import { type MemoryBus, memoryBus } from "./memory-bus.ts";
import { memoryMeasure } from "./memory-measure.ts";
import { makeScratch } from "./scratch.ts";

export const silentLog = jsonLog(() => {});

/**
 * A world without a network: empty tables, an empty blob store, a bus that remembers, a clock that moves when told to;
 * pauses, ids and chance are this machine's.
 * In a directory that is given, its tables and blobs are those that are there, and stay.
 */
export const makeWorld = async (given?: string) => {
  await using stack = new AsyncDisposableStack();
  const directory = given ?? stack.use(await makeScratch()).path;
  const state = stack.use(await openState(`file:${join(directory, "state.db")}`));
  const blobs = await openBlobs(`file:${join(directory, "blobs")}`);
  const bus = memoryBus();
  const clock = { at: Date.UTC(2026, 0, 1) };
  const resources = stack.move();
  return {
    directory,
    bus,
    clock,
    blobs,
    state,
    log: silentLog,
    measure: memoryMeasure(),
    now: () => clock.at,
    ...machine,
    /** As a process outside publishes and asks; each resolves when what came of it has been handled. */
    async publish<M extends Message>(message: M, payload: v.InferInput<M["schema"]>) {
      await bus.publish(message, payload);
      await settled(bus, state);
    },
    async ask<R extends v.GenericSchema, A extends v.GenericSchema>(
      question: Question<R, A>,
      request: v.InferInput<R>,
    ) {
      const answer = await bus.ask(question, request);
      await settled(bus, state);
      return answer;
    },
    follow: bus.follow,
    oldestUnhandled: bus.oldestUnhandled,
    /** Resolves when every outbox is empty and no message is being handled, or nothing moves any more. */
    settled: () => settled(bus, state),
    signal: new AbortController().signal,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const outboxes = [apiOutbox, schedulerOutbox, resolverOutbox, repoOutbox, verifierOutbox];

/** Turns of the event loop that nothing may happen in, and milliseconds after which what does not move is left. */
const patience = { idle: 3, stuck: 5_000 };

const settled = async (bus: MemoryBus, { read }: State) => {
  let before = "";
  let idle = 0;
  let movedAt = performance.now();
  while (idle < patience.idle && performance.now() - movedAt < patience.stuck) {
    await yieldToOthers();
    const waiting = await Promise.all(outboxes.map((outbox) => read.$count(outbox)));
    const { running, published } = bus.activity();
    const now = `${waiting} ${running} ${published}`;
    if (now !== before) movedAt = performance.now();
    const isIdle = running === 0 && waiting.every((count) => count === 0);
    idle = isIdle && now === before ? idle + 1 : 0;
    before = now;
  }
};
