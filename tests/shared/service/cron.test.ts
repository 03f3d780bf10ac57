import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { type Cron, cronRepetition } from "#shared/service/cron.ts";
import {
  schedulerAttempts,
  schedulerLease,
  schedulerOutbox,
  schedulerTicks,
} from "#shared/state/recovery.ts";
import type { State } from "#shared/state/state.ts";
import { days, minutes, seconds } from "#shared/time.ts";
import { makeWorld } from "../../support/world.ts";

const service = {
  name: "scheduler",
  recovery: { outbox: schedulerOutbox, lease: schedulerLease, ticks: schedulerTicks },
};

/** Processes with a cron, whose ticks leave rows in a table. */
const setup = async (...given: readonly string[]) => {
  const world = await makeWorld();
  const expressions = new Set(given);
  const failing: { error: Error | undefined } = { error: undefined };
  const cron: Cron<object> = {
    name: "rows",
    schedules: async () => [...expressions],
    async tick(_context, transaction, due) {
      await transaction.insert(schedulerAttempts).values({
        reconcile: [...due].join(" and "),
        row: world.newId(),
        failures: 0,
        firstFailedAt: 0,
        nextAt: world.now(),
        reason: "",
      });
      if (failing.error) throw failing.error;
    },
  };
  const { signal } = new AbortController();
  const newProcess = (state: State = world.state, ahead = 0) => {
    const now = () => world.now() + ahead;
    const { run, interval } = cronRepetition(service, cron, { ...world, now, state, context: {} });
    return Object.assign(() => run({}, signal), { interval });
  };
  return {
    world,
    expressions,
    failing,
    newProcess,
    /** What fired, and after how many minutes. */
    async fired() {
      const rows = await world.state.read.select().from(schedulerAttempts);
      return rows
        .map(({ reconcile, nextAt }) => `${(nextAt - begin) / minutes(1)}: ${reconcile}`)
        .sort();
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
};

/** The time of a world at first. */
const begin = Date.UTC(2026, 0, 1);
const everyMinute = "0 * * * * *";
const everyTwo = "0 */2 * * * *";

test("each tick fires once where two processes look at the same time, or on clocks that differ", async () => {
  await using it = await setup(everyMinute);
  const processes = [it.newProcess(), it.newProcess(), it.newProcess(it.world.state, seconds(7))];

  for (let passed = 0; passed <= minutes(3); passed += seconds(5)) {
    it.world.clock.at = begin + passed;
    await Promise.all(processes.map((look) => look()));
  }

  expect(await it.fired()).toHaveLength(3);
});

test("a process waits until the next tick, and not for long", async () => {
  await using it = await setup(everyMinute);
  const look = it.newProcess();
  await look();
  const first = look.interval();

  it.world.clock.at = begin + seconds(30);
  await look();
  const middle = look.interval();
  it.world.clock.at = begin + seconds(58);
  await look();

  expect([first, middle, look.interval()]).toEqual([seconds(0.1), seconds(5), seconds(2)]);
});

test("expressions that are due at the same time share a write", async () => {
  await using it = await setup(everyMinute, everyTwo);
  const look = it.newProcess();

  for (const passed of [0, 1, 2]) {
    it.world.clock.at = begin + minutes(passed);
    await look();
  }

  expect(await it.fired()).toEqual([`1: ${everyMinute}`, `2: ${everyMinute} and ${everyTwo}`]);
});

test("of the ticks that are missed while no process runs, one fires at the next start", async () => {
  await using it = await setup(everyMinute);
  await it.newProcess()();

  it.world.clock.at = begin + days(3);
  const look = it.newProcess();
  await look();
  await look();

  expect(await it.fired()).toEqual([`${3 * 24 * 60}: ${everyMinute}`]);
});

test("an expression that comes into force, or comes back, has no tick before its next time", async () => {
  await using it = await setup();
  const look = it.newProcess();
  await look();
  it.world.clock.at = begin + seconds(90);
  it.expressions.add(everyMinute);
  await look();
  it.expressions.delete(everyMinute);
  await look();
  it.world.clock.at = begin + minutes(10);
  it.expressions.add(everyMinute);
  await look();
  const before = await it.fired();

  it.world.clock.at = begin + minutes(11);
  await look();

  expect([before, await it.fired()]).toEqual([[], [`11: ${everyMinute}`]]);
});

test("a clock that is put forward fires one tick; put back, the same tick does not fire again", async () => {
  await using it = await setup(everyMinute);
  const look = it.newProcess();
  await look();

  for (const passed of [60, 60, 59.5, 60.5, 58, 60, 61]) {
    it.world.clock.at = begin + minutes(passed);
    await look();
  }

  expect(await it.fired()).toEqual([`60: ${everyMinute}`, `61: ${everyMinute}`]);
});

test("a clock that was a year ahead does not silence the schedule", async () => {
  await using it = await setup(everyMinute);
  const look = it.newProcess();
  await look();
  it.world.clock.at = begin + days(365);
  await look();

  for (const passed of [1, 2, 3]) {
    it.world.clock.at = begin + minutes(passed);
    await look();
  }

  expect(await it.fired()).toEqual([
    `2: ${everyMinute}`,
    `3: ${everyMinute}`,
    `${365 * 24 * 60}: ${everyMinute}`,
  ]);
});

test.each([new TypeError("bug"), new Fault("unavailable", "the database is busy")])(
  "a write that fails by %s leaves nothing, and its tick fires later, ever less often tried",
  async (error) => {
    await using it = await setup(everyMinute);
    const look = it.newProcess();
    await look();
    it.failing.error = error;
    const waits: number[] = [];
    it.world.clock.at = begin + minutes(1);
    for (let tries = 0; tries < 8; tries++) {
      await look();
      waits.push(look.interval() / seconds(1));
    }
    const before = await it.fired();

    it.failing.error = undefined;
    await look();

    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect([before, await it.fired()]).toEqual([[], [`1: ${everyMinute}`]]);
  },
);

test("a process that dies before its commit loses no tick; one that dies after it fires none twice", async () => {
  await using it = await setup(everyMinute);
  const { state } = it.world;
  const death = new Error("killed");
  const before = (): State => ({
    ...state,
    write: (write) =>
      state.write(async (transaction) => {
        await write(transaction);
        throw death;
      }),
  });
  const after = (): State => ({
    ...state,
    async write(write) {
      await state.write(write);
      throw death;
    },
  });
  await it.newProcess()();
  it.world.clock.at = begin + minutes(1);

  await it.newProcess(before())();
  const lost = await it.fired();
  await it.newProcess(after())();
  await it.newProcess()();

  expect([lost, await it.fired()]).toEqual([[], [`1: ${everyMinute}`]]);
});

test("an expression that cannot be parsed holds up no other", async () => {
  await using it = await setup("0 0 * * *", everyMinute);
  const look = it.newProcess();
  await look();

  it.world.clock.at = begin + minutes(1);
  await look();

  expect(await it.fired()).toEqual([`1: ${everyMinute}`]);
});
