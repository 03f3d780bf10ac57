import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId } from "#shared/model.ts";
import { makeWork } from "../../../services/builder/work.ts";

const build = v.parse(BuildId, randomUUID());

test("a build that is ended while in work tells whoever works on it", () => {
  const work = makeWork<BuildId>();
  using turn = work.begin(build);

  work.end(build);

  expect([turn.ended.aborted, work.hasEnded(build)]).toEqual([true, true]);
});

test("a build that was ended is over before it begins", () => {
  const work = makeWork<BuildId>();
  work.end(build);

  using turn = work.begin(build);

  expect(turn.ended.aborted).toBe(true);
});
