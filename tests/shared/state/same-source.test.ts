import { expect, test } from "vitest";
import { isSameSource } from "#shared/state/same-source.ts";

const commit = (commit: string) => ({ url: "https://example.org/x", ref: "HEAD", commit });
const present = { state: "1-1", snapshotSha256: "a", commits: [commit("1")] };
const built = { ...present };

test.each([
  ["the same files and commits", true, present, built, true],
  ["nothing published", true, present, undefined, false],
  ["other files of the same version", false, { ...present, snapshotSha256: "b" }, built, false],
  ["another commit", true, { ...present, commits: [commit("2")] }, built, false],
  ["a commit that is not known", true, { ...present, commits: null }, built, false],
  ["a commit that was not recorded", true, present, { ...built, commits: null }, false],
  ["another commit of what is no devel package", false, { ...present, commits: null }, built, true],
  [
    "a publication without its source's row",
    false,
    present,
    { ...built, snapshotSha256: null },
    true,
  ],
] as const)("%s", (_what, devel, now, then, expected) => {
  expect(isSameSource(devel, now, then)).toBe(expected);
});
