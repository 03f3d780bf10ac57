import { expect, test } from "vitest";
import { hashOf, isAuthorized, parseAuthorized } from "../../../services/api/secrets.ts";

test("a secret is known by base64 of its sha256, as serene's files have it", async () => {
  expect(await hashOf("abc")).toBe("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
});

test("the first word of each line counts, the rest is a comment", () => {
  expect(parseAuthorized("one me@here\n\n  two\t# why\r\nthree")).toEqual(["one", "two", "three"]);
});

test("a secret is authorized by any of the lines", () => {
  expect(isAuthorized("two", ["one", "two", "six"])).toBe(true);
});

test.each([[[]], [["on"]], [["one "]], [["ONE"]]])("it is not by %j", (authorized) => {
  expect(isAuthorized("one", authorized)).toBe(false);
});
