import { expect, test } from "vitest";
import { selectArtifacts } from "../../../services/scheduler/select-artifacts.ts";

const published = (
  pkgname: string,
  {
    version = "1-1",
    depends = [],
    provides = [],
  }: Partial<Parameters<typeof selectArtifacts>[1][number]> = {},
) => ({ pkgname, version, depends, provides });

const select = (
  dependencies: readonly string[],
  ...artifacts: Parameters<typeof selectArtifacts>[1]
) => selectArtifacts(dependencies, artifacts).map(({ pkgname }) => pkgname);

test("what is depended on comes along, and what that depends on", () => {
  const chain = [published("lib", { depends: ["base>=1"] }), published("base"), published("other")];

  expect(select(["lib", "glibc"], ...chain)).toEqual(["base", "lib"]);
});

test("a package of an unwanted version stays behind", () => {
  expect(select(["lib>=2"], published("lib"))).toEqual([]);
});

test("everything that provides a thing comes along: pacman decides", () => {
  const providers = [
    published("one", { provides: ["engine"] }),
    published("two", { provides: ["engine=3"] }),
  ];

  expect(select(["engine"], ...providers)).toEqual(["one", "two"]);
  expect(select(["engine>=2"], ...providers)).toEqual(["two"]);
});

test("packages that need one another end", () => {
  const circle = [published("a", { depends: ["b"] }), published("b", { depends: ["a"] })];

  expect(select(["a"], ...circle)).toEqual(["a", "b"]);
});
