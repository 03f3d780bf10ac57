import { expect, test } from "vitest";
import { parseSourceName } from "../../../../services/api/recipe/source-name.ts";

test.each([
  ["published", { kind: "published" }],
  ["next", { kind: "next" }],
  [
    "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
    { kind: "id", id: "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77" },
  ],
  ["latest", { kind: "build", name: { kind: "latest" } }],
  ["3", { kind: "build", name: { kind: "index", index: 3 } }],
  [
    "2026-01-01T00:00:00.001Z",
    { kind: "build", name: { kind: "orderedAt", at: 1_767_225_600_001 } },
  ],
])("%s names a source", (text, name) => {
  expect(parseSourceName(text)).toEqual(name);
});

test.each(["", "newest", "../etc", "0e3f0b0c"])("%j names no source", (text) => {
  expect(() => parseSourceName(text)).toThrow(
    `${JSON.stringify(text)} names no source: expected published, next, the id of a source or a build, or a build's index or time`,
  );
});
