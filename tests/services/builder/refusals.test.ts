import { expect, test } from "vitest";
import { refusals } from "../../../services/builder/refusals.ts";

test("each refused connection is named with the setting that allows it", () => {
  expect(refusals(["10.0.0.5:443"])).toEqual([
    "the connection to 10.0.0.5:443 was refused: builds reach nothing private; name it in RUNNER_REACHABLE if they shall",
  ]);
});

test("of many refused connections ten are named", () => {
  const lines = refusals(Array.from({ length: 12 }, (_, index) => `10.0.0.${index}:80`));

  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe("2 more connections were refused");
});
