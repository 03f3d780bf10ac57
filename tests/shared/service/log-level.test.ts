import { expect, test } from "vitest";
import { logLevelOf } from "#shared/service/log-level.ts";

test.each([
  [undefined, "info"],
  ["", "info"],
  ["warn", "warn"],
  ["DEBUG", "debug"],
  ["trace", "debug"],
  ["serene=info", "info"],
  ["warn,serene=debug", "debug"],
  ["error,serene=warn", "warn"],
  ["off", "error"],
  ["nonsense", "info"],
])("%o means %s", (text, level) => {
  expect(logLevelOf(text)).toBe(level);
});
