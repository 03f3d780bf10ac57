import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId } from "#shared/model.ts";
import { decidePruning, type KeptBuild } from "../../../services/scheduler/decide-pruning.ts";

const idOf = (number: number) =>
  v.parse(BuildId, `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);

/** Builds by their states and versions, oldest first: number n ended at n. */
const history = (...builds: readonly (readonly [state: string, version?: string])[]): KeptBuild[] =>
  builds
    .map(([state, version = null], number) => ({
      id: idOf(number),
      state,
      version,
      endedAt: ["pending", "running"].includes(state) ? null : number,
      hasLog: true,
      hasFiles: true,
    }))
    .reverse();

const terms = { published: undefined, versions: 2, builds: 50, filesBefore: 100, logsBefore: 0 };

const numbersOf = (ids: readonly BuildId[]) => ids.map((id) => Number(id.slice(-12))).sort();

test("the files of the newest build of each kept version stay, and those of the published build", () => {
  const builds = history(
    ["success", "1-1"],
    ["success", "2-1"],
    ["success", "2-1"],
    ["failure"],
    ["success", "3-1"],
  );

  const { withoutFiles } = decidePruning(builds, { ...terms, published: idOf(0) });

  expect(numbersOf(withoutFiles)).toEqual([1, 3]);
});

test("files of a build that ended just now stay", () => {
  const builds = history(["failure"], ["failure"]);

  const { withoutFiles } = decidePruning(builds, { ...terms, filesBefore: 1 });

  expect(numbersOf(withoutFiles)).toEqual([0]);
});

test("builds beyond the kept ones go, the oldest first", () => {
  const builds = history(["failure"], ["failure"], ["failure"], ["failure"]);

  const { forgotten } = decidePruning(builds, { ...terms, builds: 2 });

  expect(numbersOf(forgotten)).toEqual([0, 1]);
});

test.each<[string, readonly (readonly [string, string?])[]]>([
  ["an unfinished build", [["failure"], ["running"], ["failure"], ["failure"]]],
  ["a kept version's build", [["failure"], ["success", "1-1"], ["failure"], ["failure"]]],
])("%s is not forgotten, and so none that came after it", (_, builds) => {
  const { forgotten } = decidePruning(history(...builds), { ...terms, builds: 1 });

  expect(numbersOf(forgotten)).toEqual([0]);
});

test("the published build is not forgotten, however old it is", () => {
  const builds = history(["failure"], ["fatal"], ["success", "2-1"], ["success", "3-1"]);

  const pruning = decidePruning(builds, { ...terms, versions: 1, builds: 1, published: idOf(1) });

  expect(pruning).toMatchObject({ forgotten: [idOf(0)], withoutFiles: [idOf(2)] });
});

test("logs go by their age, but for the last failed, the last published and the published build's", () => {
  const builds = history(
    ["success", "1-1"],
    ["failure"],
    ["success", "2-1"],
    ["fatal"],
    ["success", "3-1"],
    ["cancelled"],
  );

  const { withoutLog } = decidePruning(builds, { ...terms, published: idOf(0), logsBefore: 100 });

  expect(numbersOf(withoutLog)).toEqual([1, 2, 5]);
});

test("a log that is young stays", () => {
  const builds = history(["failure"], ["failure"], ["failure"]);

  const { withoutLog } = decidePruning(builds, { ...terms, logsBefore: 1 });

  expect(numbersOf(withoutLog)).toEqual([0]);
});
