import { join } from "node:path";
import { openBlobs } from "#shared/blobs/open.ts";
import { jsonLog } from "#shared/service/log.ts";
import { machine } from "#shared/service/machine.ts";
import { openState } from "#shared/state/open.ts";
import { memoryBus } from "./memory-bus.ts";
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
    publish: bus.publish,
    ask: bus.ask,
    follow: bus.follow,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};
