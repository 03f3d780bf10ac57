import { expect, test } from "vitest";
import { isAuthorized, parseAuthorized } from "#shared/http/secrets.ts";

test("the first word of each line counts, the rest is a comment", () => {
  expect(parseAuthorized("one me@here\n\n  two\t# why\r\nthree")).toEqual(["one", "two", "three"]);
});

test("a secret is authorized by any of the lines", () => {
  expect(isAuthorized("two", ["one", "two", "six"])).toBe(true);
});

test.each([[[]], [["on"]], [["one "]], [["ONE"]]])("it is not by %j", (authorized) => {
  expect(isAuthorized("one", authorized)).toBe(false);
});
