import { expect, test } from "vitest";
import { readOnChange } from "#shared/state/read-on-change.ts";

/** A table of one number, read as often as `reads` says; `version` as a file has it. */
const setup = ({ version }: { readonly version?: number } = { version: 1 }) => {
  const database: {
    version: number | undefined;
    number: number;
    reads: number;
    meanwhile(): void;
  } = { version, number: 1, reads: 0, meanwhile: () => {} };
  const read = readOnChange({ version: () => database.version }, async () => {
    database.reads += 1;
    const { number } = database;
    await Promise.resolve();
    database.meanwhile();
    return number;
  });
  const write = () => {
    database.number += 1;
    if (database.version !== undefined) database.version += 1;
  };
  return { database, read, write };
};

test("it is read once while nobody writes", async () => {
  const { database, read } = setup();

  expect([await read(), await read(), await read()]).toEqual([1, 1, 1]);
  expect(database.reads).toBe(1);
});

test("who asks after a write sees it", async () => {
  const { read, write } = setup();

  const before = await read();
  write();

  expect([before, await read()]).toEqual([1, 2]);
});

test("what is written while it is read is seen by the next", async () => {
  const { database, read, write } = setup();
  database.meanwhile = () => {
    database.meanwhile = () => {};
    write();
  };

  expect([await read(), await read(), await read()]).toEqual([1, 2, 2]);
  expect(database.reads).toBe(2);
});

test("without a version it is read for all who ask at once", async () => {
  const { database, read, write } = setup({});

  const together = await Promise.all([read(), read()]);
  write();

  expect([...together, await read()]).toEqual([1, 1, 2]);
  expect(database.reads).toBe(2);
});
