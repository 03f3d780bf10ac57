import { link } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCopies } from "#shared/blobs/copies.ts";
import { minutes } from "#shared/time.ts";
import { makeScratch } from "../../support/scratch.ts";

const setup = async (limit = 1_000) => {
  const scratch = await makeScratch();
  const clock = { at: Date.UTC(2026, 0, 1) };
  const directory = join(scratch.path, "copies");
  const copies = openCopies(directory, limit, () => clock.at);
  return {
    scratch,
    clock,
    copies,
    /** The same copies for another process. */
    again: () => openCopies(directory, limit, () => clock.at),
    async add(byte: number, bytes: number) {
      const reference = await copies.files.put(new Uint8Array(bytes).fill(byte));
      await copies.used(reference.sha256, reference.bytes);
      return reference.sha256;
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
};

test("copies go for new ones, those wanted longest ago first", async () => {
  await using it = await setup();
  const [first, second] = [await it.add(1, 400), await it.add(2, 400)];
  it.clock.at += minutes(60);
  await it.copies.used(first);
  it.clock.at += minutes(60);

  const third = await it.add(3, 400);

  const there = await Promise.all([first, second, third].map(it.copies.files.has));
  expect(there).toEqual([true, false, true]);
});

test("what another process wanted counts too", async () => {
  await using it = await setup();
  const [first, second] = [await it.add(1, 400), await it.add(2, 400)];
  it.clock.at += minutes(60);
  await it.again().used(first);
  it.clock.at += minutes(60);

  await it.add(3, 400);

  expect(await Promise.all([first, second].map(it.copies.files.has))).toEqual([true, false]);
});

test("a copy that was wanted in the last minutes stays, whatever the limit", async () => {
  await using it = await setup();

  const hashes = [await it.add(1, 800), await it.add(2, 800), await it.add(3, 800)];

  expect(await Promise.all(hashes.map(it.copies.files.has))).toEqual([true, true, true]);
});

test("a copy with another name does not count, and stays", async () => {
  await using it = await setup();
  const linked = await it.add(1, 5_000);
  await link(it.copies.files.placeOf(linked), join(it.scratch.path, "linked"));
  const other = await it.add(2, 400);
  it.clock.at += minutes(60);

  await it.add(3, 400);

  expect(await Promise.all([linked, other].map(it.copies.files.has))).toEqual([true, true]);
});
