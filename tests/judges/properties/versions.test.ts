import fc from "fast-check";
import { expect, test } from "vitest";
import { vercmp } from "#shared/pacman/vercmp.ts";
import { askVercmp, type Pair } from "../../support/ask-vercmp.ts";
import { holds, textOf } from "../../support/properties.ts";

const pieces = [
  ...["0", "00", "1", "01", "9", "10", "18446744073709551616"],
  ...["a", "b", "A", "Z", "rc", "alpha"],
  ...[".", "..", "_", "+", "~", "^", ",", "=", "-", ":", "é"],
];

/** Two versions that differ in one place. */
const pair = fc
  .tuple(textOf(pieces, 3), textOf(pieces, 2), textOf(pieces, 2), textOf(pieces, 2))
  .map(([start, a, b, end]): Pair => [start + a + end, start + b + end]);

test("versions are in the order in which vercmp(8) puts them", async () => {
  await holds(pair, { most: 1_500, runs: 2 }, async (pairs) => {
    const ours = pairs.map(([a, b]) => [a, b, vercmp(a, b)]);

    expect(ours).toEqual(askVercmp(pairs));
  });
});
