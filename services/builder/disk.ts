import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Container, Engine } from "./docker/engine.ts";

const mebibyte = 1024 ** 2;

/**
 * Milliseconds between two looks at the size of a container, and how many times as long as a look took: the engine walks
 * through all that was written, which takes seconds where that is a million files.
 */
const interval = { least: seconds(1), share: 4 };

/** How long the end of one build may take to give its room back, before another one is ended. */
const settling = seconds(30);

export type Disk = {
  /** `Fault` unavailable where the engine's file system has less room than is kept free. */
  demandRoom(image: string): Promise<void>;
  /**
   * Never resolves; `Fault` conflict when a build's container has written more than it may, or when it is the largest
   * one of this builder and the engine's file system has less room than is kept free.
   */
  untilFull(container: Sized, image: string, signal: AbortSignal): Promise<never>;
};

type Sized = Pick<Container, "size">;

type Options = {
  readonly engine: Pick<Engine, "room">;
  readonly pause: Pause;
  readonly now: () => number;
  /** Bytes that one build may write. */
  readonly limit: number;
  /** Bytes kept free; 0: none are, and the engine is not asked. */
  readonly reserve: number;
};

/** Watches what builds write: the engine's storage has no limit for each. */
export const makeDisk = ({ engine, pause, now, limit, reserve }: Options): Disk => {
  const sizes = new Map<Sized, number>();
  let isSettling = false;
  const settle = async () => {
    isSettling = true;
    await pause(settling);
    isSettling = false;
  };
  const demandRoom = async (
    image: string,
    pace: "building" | "idle",
    refuse: (shortage: string) => Fault,
  ) => {
    if (reserve === 0) return;
    const free = await engine.room(image, pace);
    if (free < reserve)
      throw refuse(
        `the container engine's disk has ${Math.floor(free / mebibyte)} MiB left, expected at least ${reserve / mebibyte} (RUNNER_DISK_RESERVE)`,
      );
  };

  return {
    demandRoom: (image) =>
      demandRoom(
        image,
        "idle",
        (shortage) => new Fault("unavailable", `${shortage}: make room there`),
      ),

    async untilFull(container, image, signal) {
      const over = new Fault(
        "conflict",
        `the build wrote over the ${limit / mebibyte} MiB of disk that it may use (BUILD_DISK)`,
      );
      const end = (size: number) => (shortage: string) => {
        void settle();
        return new Fault(
          "conflict",
          `the build was ended as the largest, with ${Math.ceil(size / mebibyte)} MiB: ${shortage}`,
        );
      };
      try {
        return await untilOver({ pause, now }, container, { limit, over, signal }, async (size) => {
          sizes.set(container, size);
          const isLargest = size >= Math.max(...sizes.values());
          if (isLargest && !isSettling) await demandRoom(image, "building", end(size));
        });
      } finally {
        sizes.delete(container);
      }
    },
  };
};

type Bound = {
  /** Bytes. */
  readonly limit: number;
  readonly over: Fault;
  readonly signal: AbortSignal;
};

/** Never resolves; rejects with `over` when a container has written over `limit` bytes, and where `look` does. */
export const untilOver = async (
  { pause, now }: Pick<Options, "pause" | "now">,
  container: Sized,
  { limit, over, signal }: Bound,
  look: (size: number) => Promise<void> = async () => {},
): Promise<never> => {
  let took = 0;
  while (true) {
    await pause(Math.max(interval.least, interval.share * took), signal);
    signal.throwIfAborted();
    const asked = now();
    const size = await container.size();
    took = now() - asked;
    if (size > limit) throw over;
    await look(size);
  }
};
