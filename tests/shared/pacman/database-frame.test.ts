import { expect, test } from "vitest";
import {
  encodeDatabase,
  encodeFrame,
  endFrame,
  FRAME_ENTRIES,
} from "#shared/pacman/database-frame.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { pieces } from "../../support/archive.ts";
import { makeEntries, makeEntry } from "../../support/entry.ts";

test.each([0, 1, 64, 65, 130])(
  "a database of %i entries is read as it was written",
  async (count) => {
    const entries = makeEntries(count);
    const withoutFiles = entries.map(({ files: _, ...entry }) => entry);

    expect(await Array.fromAsync(readDatabase(pieces(encodeDatabase(entries, "files"))))).toEqual(
      entries,
    );
    expect(await Array.fromAsync(readDatabase(pieces(encodeDatabase(entries, "db"))))).toEqual(
      withoutFiles,
    );
  },
);

test("frames one after the other are one database", async () => {
  const [one, two] = [makeEntry("one"), makeEntry("two")];

  const database = Buffer.concat([
    encodeFrame([one], "files"),
    encodeFrame([two], "files"),
    endFrame,
  ]);

  expect(await Array.fromAsync(readDatabase(pieces(database)))).toEqual([one, two]);
});

test("the same entries make the same bytes", () => {
  expect(encodeFrame(makeEntries(3), "db")).toEqual(encodeFrame(makeEntries(3), "db"));
});

test("a frame has a limit", () => {
  expect(() => encodeFrame(makeEntries(FRAME_ENTRIES + 1), "db")).toThrow(RangeError);
});

test("the longest names are read as they were written", async () => {
  const entry = makeEntry("n".repeat(230), ["pkgver = 1-1"]);

  const database = encodeDatabase([entry], "files");

  expect(await Array.fromAsync(readDatabase(pieces(database)))).toEqual([entry]);
});
