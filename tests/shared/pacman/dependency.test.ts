import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { formatDependency, parseDependency, satisfies } from "#shared/pacman/dependency.ts";

test.each([
  ["foo", { name: "foo" }],
  ["foo=1", { name: "foo", operator: "=", version: "1" }],
  ["foo<1", { name: "foo", operator: "<", version: "1" }],
  ["foo>1", { name: "foo", operator: ">", version: "1" }],
  ["foo<=1-2", { name: "foo", operator: "<=", version: "1-2" }],
  [
    "foo>=1:2-1: why: so",
    { name: "foo", operator: ">=", version: "1:2-1", description: "why: so" },
  ],
  ["foo: for a=b", { name: "foo", description: "for a=b" }],
  ["foo: ", { name: "foo", description: "" }],
  ["libfoo.so=1-64", { name: "libfoo.so", operator: "=", version: "1-64" }],
  ["a=1<2", { name: "a=1", operator: "<", version: "2" }],
  ["foo=", { name: "foo", operator: "=", version: "" }],
] as const)("%s is read, and written the same", (text, dependency) => {
  expect(parseDependency(text)).toEqual(dependency);
  expect(formatDependency(parseDependency(text))).toBe(text);
});

test.each(["", ">=1", ": why"])("%j is refused: it names nothing", (text) => {
  expect(() => parseDependency(text)).toThrow(Fault);
});

const foo = { name: "foo", version: "1:2.0-3" };

test.each([
  ["foo", true],
  ["foo=1:2.0", true],
  ["foo=1:2.0-3", true],
  ["foo=2.0", false],
  ["foo>3", true],
  ["foo>=1:2.0-4", false],
  ["foo<1:2.0", false],
  ["foo<=1:2.0", true],
  ["bar", false],
])("foo 1:2.0-3 and %s: %s", (text, met) => {
  expect(satisfies(parseDependency(text), foo)).toBe(met);
});

test.each([
  ["sh", ["sh"], true],
  ["sh>=1", ["sh"], false],
  ["sh>=1", ["sh=2"], true],
  ["sh>=3", ["sh=2"], false],
  ["sh", ["sh=2"], true],
  ["sh>=1", ["sh>=2"], false],
  ["libfoo.so=1-64", ["libfoo.so=1-64"], true],
  ["libfoo.so=2-64", ["libfoo.so=1-64"], false],
  ["libfoo.so", ["other", "libfoo.so=1-64"], true],
  ["foo>9", ["foo=10"], true],
])("%s is met by what provides %j: %s", (text, provides, met) => {
  expect(satisfies(parseDependency(text), { name: "bar", version: "9-1", provides })).toBe(met);
});

test.each([
  ["libfoo.so=1-64", ["libfoo.so"], true],
  ["libfoo.so>=1", ["libfoo.so"], true],
  ["libfoo.so=2-64", ["libfoo.so=1-64"], false],
  ["libfoo.so=1-64", ["libbar.so", "libfoo"], false],
  ["foo=1", ["foo"], false],
])("%s is met by what will provide %j once it is built: %s", (text, provides, met) => {
  const candidate = { name: "bar", version: "9-1", provides };
  expect(satisfies(parseDependency(text), { ...candidate, isUnbuilt: true })).toBe(met);
});

test("a provision without a name is passed over", () => {
  const provides = ["=1", "", "sh"];
  expect(satisfies(parseDependency("sh"), { name: "bar", version: "9-1", provides })).toBe(true);
});
