import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId } from "#shared/model.ts";
import { makeWork } from "../../../services/builder/work.ts";

const build = v.parse(BuildId, randomUUID());

test("a build that is ended while in work tells whoever works on it", () => {
  const work = makeWork<BuildId, string>();
  using turn = work.begin(build);

  work.end(build);

  expect([turn.ended.aborted, work.hasEnded(build)]).toEqual([true, true]);
});

test("a build that was ended is over before it begins", () => {
  const work = makeWork<BuildId, string>();
  work.end(build);

  using turn = work.begin(build);

  expect(turn.ended.aborted).toBe(true);
});

test("what came of a build is kept until it is ended", () => {
  const work = makeWork<BuildId, string>();
  using turn = work.begin(build);

  work.finish(build, "built");
  const finished = [turn.ended.aborted, work.hasEnded(build), work.finishedOf(build)];
  work.end(build);
  const ended = [work.hasEnded(build), work.finishedOf(build)];
  work.finish(build, "built again");

  expect(finished).toEqual([true, true, "built"]);
  expect(ended).toEqual([true, undefined]);
  expect(work.finishedOf(build)).toBeUndefined();
});
