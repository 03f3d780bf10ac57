import { expect, test } from "vitest";
import { nameOfHost } from "../../../services/builder/name.ts";

test.each([
  ["build-1.example.org", "build-1.example.org"],
  ["my host!", "my-host-"],
  ["_-x", "x"],
  ["", "builder"],
  ["ö", "builder"],
  ["h".repeat(300), "h".repeat(253)],
])("a builder on %j is called %j", (hostname, name) => {
  expect(nameOfHost(hostname)).toBe(name);
});
