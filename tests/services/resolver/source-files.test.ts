import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { checkFiles, checkLink } from "../../../services/resolver/source-files.ts";

const files = (...paths: string[]) => paths.map((path) => ({ path, kind: "file" as const }));

test("files that stay inside pass", () => {
  expect(() =>
    checkFiles(files("PKGBUILD", ".SRCINFO", "a/b", "a/c", ".gitignore", "a.git", "..a")),
  ).not.toThrow();
});

test.each([
  [["../x"], '"../x": expected a path inside the source'],
  [["a/../../x"], '"a/../../x": expected a path inside the source'],
  [["/etc/passwd"], '"/etc/passwd": expected a path inside the source'],
  [["./x"], '"./x": expected a path inside the source'],
  [["a//b"], '"a//b": expected a path inside the source'],
  [[""], '"": expected a path inside the source'],
  [[".git"], '".git": expected no .git in it'],
  [["a/.Git/config"], '"a/.Git/config": expected no .git in it'],
  [["a\nb"], '"a\\nb": expected UTF-8 without control characters'],
  [["a\uFFFD"], '"a\uFFFD": expected UTF-8 without control characters'],
  [["a", "a"], '"a": expected it only once'],
  [["a", "a/b"], '"a/b": a is no directory'],
])("%j is refused", (paths, why) => {
  expect(() => checkFiles(files(...paths))).toThrow(
    new Fault("invalid", `the source holds ${why}`),
  );
});

test.each([
  ["link", "target"],
  ["link", "a/b"],
  ["a/link", "../target"],
  ["a/b/link", "../.."],
  ["link", "..a/b"],
])("a link %s to %s stays inside", (path, target) => {
  expect(() => checkLink(path, target)).not.toThrow();
});

test.each([
  ["link", ".."],
  ["link", "../x"],
  ["a/link", "../../x"],
  ["link", "/etc/passwd"],
  ["link", ""],
  ["link", "a/../../x"],
  ["link", "directory/.."],
  ["link", "a\0b"],
])("a link %s to %j leads out", (path, target) => {
  expect(() => checkLink(path, target)).toThrow(
    new Fault(
      "invalid",
      `the source holds "${path}": the link to ${target} leads out of the source`,
    ),
  );
});
