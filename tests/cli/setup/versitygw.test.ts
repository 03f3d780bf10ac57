import { expect, test } from "vitest";
import { isNewEnough } from "../../../cli/setup/versitygw.ts";

test.each([
  ["go1.19.8", false],
  ["go1.24.13", false],
  ["go1.25", true],
  ["go1.26.8", true],
  ["go2.0", true],
  ["devel +a1b2c3", false],
])("%s compiles the S3 server: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
