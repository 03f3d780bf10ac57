import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { compareBytes } from "../../../services/verifier/compare-bytes.ts";
import { pieces } from "../../support/archive.ts";

const content = Buffer.from("0123456789".repeat(10));

const flipped = (at: number) => {
  const other = Buffer.from(content);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
};

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test.each([
  [100, 100],
  [7, 11],
  [1, 64],
])("files that are equal have no difference, in pieces of %i and %i bytes", async (one, other) => {
  expect(await compareBytes(pieces(content, one), pieces(content, other))).toEqual({
    sha256: [sha256Of(content), sha256Of(content)],
  });
});

test.each([0, 1, 6, 7, 8, 50, 98, 99])("byte %i that is another is found", async (at) => {
  const other = flipped(at);

  expect(await compareBytes(pieces(other, 7), pieces(content, 8))).toEqual({
    sha256: [sha256Of(other), sha256Of(content)],
    differsAt: at,
  });
});

test.each([
  ["shorter", content.subarray(0, 60)],
  ["empty", content.subarray(0, 0)],
])("a %s file differs where it ends", async (_what, other) => {
  expect(await compareBytes(pieces(other, 7), pieces(content, 8))).toEqual({
    sha256: [sha256Of(other), sha256Of(content)],
    differsAt: other.byteLength,
  });
  expect(await compareBytes(pieces(content, 7), pieces(other, 8))).toEqual({
    sha256: [sha256Of(content), sha256Of(other)],
    differsAt: other.byteLength,
  });
});

test("the first of several differences counts, and the hashes are those of the whole files", async () => {
  const other = flipped(20);
  other[90] = 0;

  expect(await compareBytes(pieces(other, 9), pieces(content, 4))).toEqual({
    sha256: [sha256Of(other), sha256Of(content)],
    differsAt: 20,
  });
});

test("what fails at the end of a file that differs early is not passed over", async () => {
  async function* damaged() {
    yield* pieces(flipped(0), 10);
    throw new Error("damaged");
  }

  await expect(compareBytes(pieces(content, 10), damaged())).rejects.toThrow("damaged");
});
