import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { reconciled } from "#shared/service/metrics.ts";
import { reconciliation } from "#shared/service/reconcile.ts";
import { apiAttempts, apiLease, apiOutbox } from "#shared/state/recovery.ts";
import { minutes, seconds } from "#shared/time.ts";
import { makeWorld } from "../../support/world.ts";

const service = {
  name: "api",
  recovery: { outbox: apiOutbox, lease: apiLease, attempts: apiAttempts },
};

/** Rows that wait, by what their step throws; and a process that looks at them. */
const setup = async () => {
  const world = await makeWorld();
  const rows = new Map<string, Error | undefined>();
  const stepped: string[] = [];
  const givenUp: string[] = [];
  const reconcile = {
    name: "rows",
    find: async () => [...rows.keys()],
    async step(_context: object, id: string) {
      stepped.push(id);
      const error = rows.get(id);
      if (error) throw error;
    },
    async giveUp(_context: object, id: string, reason: string) {
      givenUp.push(`${id}: ${reason}`);
      rows.delete(id);
    },
  };
  const { signal } = new AbortController();
  const newProcess = () => {
    const { run } = reconciliation(service, reconcile, { ...world, context: {} });
    return () => run({}, signal);
  };
  return {
    world,
    rows,
    stepped,
    givenUp,
    newProcess,
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
};

test("a new process steps every row at once; then each waits longer, up to five minutes", async () => {
  await using it = await setup();
  it.rows.set("a", undefined);
  const look = it.newProcess();
  const times: number[] = [];
  const begun = it.world.now();

  for (let passed = 0; passed <= minutes(20); passed += seconds(15)) {
    it.world.clock.at = begun + passed;
    const before = it.stepped.length;
    await look();
    if (it.stepped.length > before) times.push(passed / minutes(1));
  }

  expect(times).toEqual([0, 1, 3, 7, 12, 17]);
});

test("a row that comes later is left alone for a minute", async () => {
  await using it = await setup();
  const look = it.newProcess();
  await look();
  it.rows.set("late", undefined);

  await look();
  const atOnce = [...it.stepped];
  it.world.clock.at += minutes(1);
  await look();

  expect([atOnce, it.stepped]).toEqual([[], ["late"]]);
});

test("a row whose step throws holds up no other, and is given up after ten tries over an hour, in any process", async () => {
  await using it = await setup();
  it.rows.set("bad", new TypeError("broken row"));
  it.rows.set("good", undefined);

  let looks = 0;
  for (; it.givenUp.length === 0 && looks < 1_000; looks++) {
    await it.newProcess()();
    it.world.clock.at += seconds(15);
  }

  expect(it.givenUp).toEqual(["bad: given up: broken row"]);
  expect(looks * seconds(15)).toBeGreaterThanOrEqual(minutes(60));
  expect(it.stepped.filter((row) => row === "bad").length).toBeGreaterThanOrEqual(10);
  expect(it.stepped.filter((row) => row === "good")).toHaveLength(looks);
  expect(await it.world.state.read.$count(apiAttempts)).toBe(0);
});

test("waiting for a peer is no failure, however long", async () => {
  await using it = await setup();
  it.rows.set("a", new Fault("unavailable", "the repository does not answer"));
  const look = it.newProcess();

  for (let passed = 0; passed < minutes(180); passed += minutes(1)) {
    await look();
    it.world.clock.at += minutes(1);
  }

  expect(it.givenUp).toEqual([]);
  expect(await it.world.state.read.$count(apiAttempts)).toBe(0);
});

test("a row that is mended is forgotten as a failure, and so is one that is gone", async () => {
  await using it = await setup();
  it.rows.set("mended", new TypeError("bug"));
  it.rows.set("gone", new TypeError("bug"));
  const look = it.newProcess();
  await look();
  const failed = await it.world.state.read.$count(apiAttempts);

  it.rows.set("mended", undefined);
  it.rows.delete("gone");
  it.world.clock.at += minutes(1);
  await look();

  expect(failed).toBe(2);
  expect(await it.world.state.read.$count(apiAttempts)).toBe(0);
  expect(it.world.measure.of(reconciled).map(({ labels }) => labels.outcome)).toEqual([
    "failed",
    "failed",
    "stepped",
  ]);
});
