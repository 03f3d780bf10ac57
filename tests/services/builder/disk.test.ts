import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { makeDisk, untilOver } from "../../../services/builder/disk.ts";

const mebibyte = 1024 ** 2;

const never = new AbortController().signal;

/** `free`: MiB at each look, the last from then on. */
const setup = (...free: number[]) => disksOf(free, 50);

const disksOf = (free: number[], reserve: number) => {
  const asked: string[] = [];
  const disk = makeDisk({
    engine: {
      room: async (image) => {
        asked.push(image);
        return (free.length > 1 ? (free.shift() ?? 0) : (free[0] ?? 0)) * mebibyte;
      },
    },
    // What is longer than a look lasts for the whole test.
    pause: (milliseconds) =>
      milliseconds > 1_000 ? new Promise<never>(() => {}) : Promise.resolve(),
    now: () => 0,
    limit: 100 * mebibyte,
    reserve: reserve * mebibyte,
  });
  return { disk, asked };
};

/** A container whose size grows with each look. */
const growing = (...mebibytes: number[]) => {
  const left = [...mebibytes];
  let last = 0;
  return {
    size: async () => {
      last = left.shift() ?? last;
      return last * mebibyte;
    },
  };
};

test("a build that writes more than it may is ended, by the name of the setting", async () => {
  const { disk } = setup(1_000);

  await expect(disk.untilFull(growing(10, 90, 101), "runner", never)).rejects.toEqual(
    new Fault("conflict", "the build wrote over the 100 MiB of disk that it may use (BUILD_DISK)"),
  );
});

test("where the engine's disk is nearly full, the largest build is ended and the others go on", async () => {
  const { disk } = setup(1_000, 1_000, 1_000, 49);
  const stop = new AbortController();

  const smaller = disk
    .untilFull(growing(1), "runner", stop.signal)
    .catch((error: unknown) => error);
  const larger = await disk
    .untilFull(growing(60), "runner", never)
    .catch((error: unknown) => error);
  stop.abort();

  expect(larger).toEqual(
    new Fault(
      "conflict",
      "the build was ended as the largest, with 60 MiB: the container engine's disk has 49 MiB left, expected at least 50 (RUNNER_DISK_RESERVE)",
    ),
  );
  expect(await smaller).toMatchObject({ name: "AbortError" });
});

test("no build starts where the engine's disk is nearly full", async () => {
  const { disk } = setup(49);

  await expect(disk.demandRoom("runner")).rejects.toEqual(
    new Fault(
      "unavailable",
      "the container engine's disk has 49 MiB left, expected at least 50 (RUNNER_DISK_RESERVE): make room there",
    ),
  );
});

test("without a reserve the engine's disk is not looked at", async () => {
  const { disk, asked } = disksOf([0], 0);

  await disk.demandRoom("runner");

  expect(asked).toEqual([]);
});

test("watching ends with its signal", async () => {
  const stop = new AbortController();
  const over = new Fault("invalid", "too large");
  const bound = { limit: 100, over, signal: stop.signal };
  const watched = untilOver(
    { pause: async () => stop.abort(), now: () => 0 },
    { size: async () => 0 },
    bound,
  );

  await expect(watched).rejects.toMatchObject({ name: "AbortError" });
});

test("a container whose size takes long to find out is looked at less often", async () => {
  const pauses: number[] = [];
  let time = 0;
  const stop = new AbortController();
  const watched = untilOver(
    {
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
        if (pauses.length === 3) stop.abort();
      },
      now: () => time,
    },
    {
      size: async () => {
        time += 2_000;
        return 0;
      },
    },
    { limit: 100, over: new Fault("invalid", "too large"), signal: stop.signal },
  );

  await expect(watched).rejects.toMatchObject({ name: "AbortError" });
  expect(pauses).toEqual([1_000, 8_000, 8_000]);
});
