import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { endFrame } from "#shared/pacman/database-frame.ts";
import { isMadeOf } from "../../../services/signer/is-made-of.ts";
import { pieces } from "../../support/archive.ts";

const frameOf = (text: string) => {
  const content = Buffer.from(text);
  return {
    sha256: createHash("sha256").update(content).digest("hex"),
    bytes: content.byteLength,
    content,
  };
};

const [one, two] = [frameOf("the first frame"), frameOf("another")];
const database = Buffer.concat([one.content, two.content, endFrame]);

test.each([1, 7, 15, 16, 1_000])(
  "a database is its frames, read %i bytes at a time",
  async (size) => {
    expect(await isMadeOf(pieces(database, size), [one, two])).toBe(true);
  },
);

test("a database without packages is its end alone", async () => {
  expect(await isMadeOf(pieces(endFrame), [])).toBe(true);
});

test.each([
  ["in another order", [two, one], database],
  ["one too few", [one], database],
  ["one too many", [one, two, two], database],
  ["cut elsewhere", [{ ...one, bytes: one.bytes - 1 }, two], database],
  ["with a byte behind the end", [one, two], Buffer.concat([database, Buffer.of(0)])],
  ["without its end", [one, two], Buffer.concat([one.content, two.content])],
  ["with half its end", [one, two], database.subarray(0, -5)],
  ["with another byte", [one, two], Buffer.from(database).fill("x", 3, 4)],
  ["of nothing", [], Buffer.of()],
])("a database is not frames %s", async (_what, frames, content) => {
  expect(await isMadeOf(pieces(content, 10), frames)).toBe(false);
});
