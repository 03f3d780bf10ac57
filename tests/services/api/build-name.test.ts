import { expect, test } from "vitest";
import { parseBuildName, parseCount } from "../../../services/api/build-name.ts";

const orderedAt = (text: string) => ({ kind: "orderedAt", at: Date.parse(text) });

test.each([
  ["latest", { kind: "latest" }],
  ["0", { kind: "index", index: 0 }],
  ["0007", { kind: "index", index: 7 }],
  ["2026-11-21T00:19:26Z", orderedAt("2026-11-21T00:19:26Z")],
  ["2026-11-21T00:19:26.26135Z", orderedAt("2026-11-21T00:19:26.261Z")],
  ["2026-11-21t00:19:26.261359747z", orderedAt("2026-11-21T00:19:26.261Z")],
  ["2026-11-21 01:19:26+01:00", orderedAt("2026-11-21T00:19:26Z")],
])("%s names a build", (text, name) => {
  expect(parseBuildName(text)).toEqual(name);
});

test.each([
  "",
  "xyz",
  "-1",
  "99999999999999999999",
  "1.5",
  "2026-11-21",
  "2026-13-41T00:00:00Z",
  "2026-11-21T00:00:00",
])("%j names none", (text) => {
  expect(() => parseBuildName(text)).toThrow(
    `expected valid date, valid index number, or 'latest', not '${text}'`,
  );
});

test.each([
  [undefined, undefined],
  ["0", 0],
  ["4294967295", 4_294_967_295],
])("a count of %s is %s", (text, count) => {
  expect(parseCount(text)).toBe(count);
});

test.each([
  ["", "cannot parse integer from empty string"],
  ["-1", "invalid digit found in string"],
  ["4294967296", "number too large to fit in target type"],
])("a count of %j is refused", (text, why) => {
  expect(() => parseCount(text)).toThrow(`Query deserialize error: ${why}`);
});
