import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId } from "#shared/model.ts";
import { makeWork } from "../../../services/builder/work.ts";

const newBuild = () => v.parse(BuildId, randomUUID());

test("the work on a build stops when the build is ended", () => {
  const work = makeWork<BuildId, string>();
  const build = newBuild();
  using turn = work.begin(build);

  work.end(build);

  expect(turn.ended.aborted).toBe(true);
});

test("a report is kept until its build is ended", () => {
  const work = makeWork<BuildId, string>();
  const build = newBuild();
  using turn = work.begin(build);

  work.finish(build, "built");
  const finished = [turn.ended.aborted, work.reportOf(build)];
  work.end(build);

  expect(finished).toEqual([true, "built"]);
  expect(work.reportOf(build)).toBeUndefined();
});

test("of a thousand and one reports, the oldest goes", () => {
  const work = makeWork<BuildId, string>();
  const builds = Array.from({ length: 1_001 }, newBuild);

  for (const build of builds) work.finish(build, "built");

  expect(builds.filter((build) => work.reportOf(build) === undefined)).toEqual(builds.slice(0, 1));
});

test("a report of an earlier attempt does not stop the next one", () => {
  const work = makeWork<BuildId, string>();
  const build = newBuild();
  work.finish(build, "first");

  using turn = work.begin(build, (report) => report === "second");
  work.finish(build, "first");
  const before = turn.ended.aborted;
  work.finish(build, "second");

  expect([before, turn.ended.aborted]).toEqual([false, true]);
});
