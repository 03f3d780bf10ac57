import { expect, test } from "vitest";
import { fillClaims, routeByClaims } from "#shared/service/claims.ts";
import { all } from "../../../services/all.ts";

const named = (name: string, ...claims: readonly string[]) => ({ name, http: { claims } });

test("a variable of the service is filled in", () => {
  expect(fillClaims(["{ARCH}/x", "build"], { ARCH: "x86_64" })).toEqual(["x86_64/x", "build"]);
});

test("a variable that the service has not is a mistake", () => {
  expect(() => fillClaims(["{ARCH}"], {})).toThrow("{ARCH}: there is no variable ARCH");
});

test("the longest claim wins, then a name before any name, then the first service", () => {
  const claimantOf = routeByClaims([
    named("first", "a", "*/b"),
    named("second", "a", "a/b/c", "*"),
    named("third", "c/b"),
  ]);

  const paths = ["/a", "/a/x", "/a/b", "/a/b/c/d", "/x", "/c/b", "/c/x"];

  expect(paths.map((path) => claimantOf(path)?.name)).toEqual([
    "first",
    "first",
    "first",
    "second",
    "second",
    "third",
    "second",
  ]);
});

test("a claim holds whole segments", () => {
  const claimantOf = routeByClaims([named("bakery", "cake", "*/bread")]);

  const paths = ["/cakes", "/", "", "/bread", "/x/bread", "/cake/"];

  expect(paths.map((path) => claimantOf(path)?.name)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    "bakery",
    "bakery",
  ]);
});

test.each([
  ["/x86_64/foo", "repo"],
  ["/x86_64", "repo"],
  ["/x86_64/", "repo"],
  ["/x86_64/package/foo", "repo"],
  ["/aarch64/package/foo", "repo"],
  ["/build/package/foo", "repo"],
  ["/package/list", "api"],
  ["/package/package/build", "api"],
  ["/webhook/package/foo", "api"],
  ["/webhook/package/foo/secret", "api"],
  ["/build/all", "api"],
  ["/openapi.json", "api"],
  ["/", "api"],
  ["/x86_64ish/foo", undefined],
  ["/favicon.ico", undefined],
])("of kiln's own services %s is claimed by %s", (path, expected) => {
  const filled = all.map(({ name, http }) =>
    named(name, ...fillClaims(http?.claims ?? [], { ARCH: "x86_64" })),
  );

  expect(routeByClaims(filled)(path)?.name).toBe(expected);
});
