import { join } from "node:path";
import { expect, expectTypeOf, test, vi } from "vitest";
import { yieldToOthers } from "#shared/pause.ts";
import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";
import type { Reader, State, Transaction } from "#shared/state/state.ts";
import { runScript } from "../../support/child.ts";
import { connectTo } from "../../support/database.ts";
import { makeScratch } from "../../support/scratch.ts";

const setup = async () => {
  const directory = await makeScratch();
  const url = `file:${join(directory.path, "state.db")}`;
  const state = await openState(url);
  return {
    url,
    state,
    async [Symbol.asyncDispose]() {
      await state[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
};

/** Adds a row that tells how many there were, so that two writes that did not see each other show. */
const countUp = (state: State, name: string) =>
  state.write(async (transaction) => {
    const before = await transaction.$count(signatures);
    await transaction
      .insert(signatures)
      .values({ sha256: name, fingerprint: `${before}`, signature: "", signedAt: 0 });
  });

const counted = async ({ read }: State) => {
  const rows = await read.select().from(signatures);
  return rows.map(({ fingerprint }) => Number(fingerprint)).toSorted((a, b) => a - b);
};

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

test("twenty writes at once lose nothing", async () => {
  await using world = await setup();

  await Promise.all(upTo(20).map((index) => countUp(world.state, `${index}`)));

  expect(await counted(world.state)).toEqual(upTo(20));
});

test("other work runs between the writes of a series", async () => {
  await using world = await setup();
  let turns = 0;
  let over = false;
  const watch = async () => {
    while (!over) {
      await yieldToOthers();
      turns += 1;
    }
  };
  const watching = watch();

  for (const index of upTo(10)) await countUp(world.state, `${index}`);
  over = true;
  await watching;

  expect(turns).toBeGreaterThanOrEqual(10);
});

test("two processes that write one file lose nothing", async () => {
  await using world = await setup();

  await Promise.all([
    runScript("state-writer.ts", world.url, "a", "100"),
    runScript("state-writer.ts", world.url, "b", "100"),
    ...upTo(10).map((index) => countUp(world.state, `${index}`)),
  ]);

  expect(await counted(world.state)).toEqual(upTo(210));
}, 60_000);

test("a write that fails leaves nothing, and the next one works", async () => {
  await using world = await setup();
  const failure = new Error("changed its mind");

  const failed = world.state.write(async (transaction) => {
    await transaction
      .insert(signatures)
      .values({ sha256: "a", fingerprint: "0", signature: "", signedAt: 0 });
    throw failure;
  });

  await expect(failed).rejects.toBe(failure);
  await countUp(world.state, "b");
  expect(await counted(world.state)).toEqual([0]);
});

test("a write that waited too long for another's lock is unavailable, and later ones work", async () => {
  await using world = await setup();
  await using state = await openState(world.url, undefined, 50);
  using other = connectTo(world.url);
  const lock = await other.transaction("write");

  await expect(countUp(state, "a")).rejects.toMatchObject({
    kind: "unavailable",
    message: "the database is busy",
  });
  await lock.rollback();
  await Promise.all([countUp(state, "b"), countUp(state, "c")]);

  expect(await counted(state)).toEqual([0, 1]);
});

test("while another process has the lock, this one does not stand still, says why it waits, and loses nothing", async () => {
  await using world = await setup();
  using other = connectTo(world.url);
  const lock = await other.transaction("write");
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 10);

  const counting = countUp(world.state, "a");
  await vi.waitFor(
    () =>
      expect(world.state.ping()).rejects.toMatchObject({
        kind: "unavailable",
        message: "another process keeps the database locked",
      }),
    { timeout: 20_000 },
  );
  clearInterval(ticking);
  await lock.rollback();
  await counting;

  expect(ticks).toBeGreaterThan(1);
  await world.state.ping();
  expect(await counted(world.state)).toEqual([0]);
});

test("a write proves that the database can be written, so that a ping after it does not wait for the lock", async () => {
  await using world = await setup();
  using other = connectTo(world.url);

  await vi.waitFor(
    async () => {
      await countUp(world.state, crypto.randomUUID());
      const lock = await other.transaction("write");
      await world.state.ping().finally(() => lock.rollback());
    },
    { timeout: 20_000 },
  );
});

test("services that ask at once whether the database can be written share one probe", async () => {
  await using world = await setup();

  const [first, second] = [world.state.ping(), world.state.ping()];

  expect(second).toBe(first);
  await first;
});

test("what is read cannot be written, and what is written cannot reach around its transaction", () => {
  expectTypeOf<keyof Reader>().toEqualTypeOf<"select" | "selectDistinct" | "$count">();
  expectTypeOf<keyof Transaction>().toEqualTypeOf<
    "select" | "selectDistinct" | "insert" | "update" | "delete" | "$count" | "publish"
  >();
  expectTypeOf<State["read"]>().toEqualTypeOf<Reader>();
});

test("the version of a file changes with every write of anybody, once it is committed", async () => {
  await using world = await setup();
  await using other = await openState(world.url);
  const { version } = world.state;
  const seen = [version(), version()];

  await countUp(world.state, "own");
  seen.push(version());
  await countUp(other, "another's");
  seen.push(version());
  await other.write(async (transaction) => {
    await transaction
      .insert(signatures)
      .values({ sha256: "x", fingerprint: "", signature: "", signedAt: 0 });
    seen.push(version());
  });
  seen.push(version(), version());

  const [first = 0] = seen;
  expect(seen.map((it) => Number(it) - first)).toEqual([0, 0, 1, 2, 2, 3, 3]);
});
