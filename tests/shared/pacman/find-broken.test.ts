import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDependency, satisfies } from "#shared/pacman/dependency.ts";
import { findBroken, type Installable } from "#shared/pacman/find-broken.ts";

const library = (soname: string) => ({
  name: "lib",
  version: "1-1",
  provides: [`liblib.so=${soname}-64`],
  depends: [],
});

const app: Installable = { name: "app", version: "1-1", depends: ["liblib.so=1-64", "glibc"] };

const dependenciesOf = (broken: ReturnType<typeof findBroken>) =>
  broken.map(({ package: { name }, dependency }) => `${name}: ${dependency}`);

test.each([
  ["a new soname", [app], [library("1")], [library("2")], ["app: liblib.so=1-64"]],
  ["the same soname", [app], [library("1")], [library("1")], []],
  ["a package that goes", [app], [library("1")], [], ["app: liblib.so=1-64"]],
  [
    "a soname that another package has",
    [app, { ...library("1"), name: "old" }],
    [library("1")],
    [],
    [],
  ],
  ["what was unmet before", [app], [library("0")], [library("2")], []],
  ["a package that is new", [app], [], [library("2")], []],
] as const)("of %s it is known what breaks", (_what, staying, gone, come, broken) => {
  expect(dependenciesOf(findBroken(staying, gone, come))).toEqual(broken);
});

const names = fc.constantFrom("a", "b", "a.so");
const versions = fc.constantFrom("1", "2", "1:1");
const relations = fc.constantFrom("", "=1", "=2", ">=2", "<1:1", ": for show");
const packages = fc.array(
  fc.record({
    name: names,
    version: versions,
    provides: fc.array(fc.tuple(names, fc.constantFrom("", "=1", "=2")).map((it) => it.join(""))),
    depends: fc.array(fc.tuple(names, relations).map((it) => it.join(""))),
  }),
  { maxLength: 4 },
);

test("exactly what was met and is met no more is broken, whatever goes and comes", () => {
  fc.assert(
    fc.property(packages, packages, packages, (staying, gone, come) => {
      const isMet = (offers: readonly Installable[], text: string) =>
        offers.some((offer) => satisfies(parseDependency(text), offer));
      const expected = staying.flatMap(({ name, depends }) =>
        depends
          .filter((it) => isMet([...staying, ...gone], it) && !isMet([...staying, ...come], it))
          .map((it) => `${name}: ${it}`),
      );

      expect(dependenciesOf(findBroken(staying, gone, come))).toEqual(expected);
    }),
  );
});
