import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { orUnusable, SourceFault } from "../../../services/resolver/unusable.ts";

const failing = (error: Error) => orUnusable(() => Promise.reject(error));

test("a refusal of a source, or of its server, makes the source unusable", async () => {
  expect(await failing(new SourceFault("unavailable", "no such host"))).toEqual({
    kind: "unusable",
    message: "no such host",
    problem: "unasked",
  });
});

test.each([
  ["trouble of kiln's own", new Fault("unavailable", "no blob can be written")],
  ["a bug", new TypeError("bug")],
])("%s is no outcome of a source", async (_what, error) => {
  await expect(failing(error)).rejects.toBe(error);
});
