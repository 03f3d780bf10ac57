import { expect, test } from "vitest";
import { plain } from "#shared/service/plain.ts";

const circle: Record<string, unknown> = { name: "circle" };
circle.self = circle;
const twice = { a: 1 };

test.each([
  ["text", "text"],
  [undefined, undefined],
  [null, null],
  [12n, "12"],
  [
    [1, { a: [2n] }],
    [1, { a: ["2"] }],
  ],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Uint8Array(3), "[3 bytes]"],
  [circle, { name: "circle", self: "[circular]" }],
  [
    [twice, twice],
    [twice, twice],
  ],
  [{ a: { b: { c: { d: { e: { f: 1 } } } } } }, { a: { b: { c: { d: { e: { f: 1 } } } } } }],
  [{ a: { b: { c: { d: { e: { f: {} } } } } } }, { a: { b: { c: { d: { e: { f: "[…]" } } } } } }],
])("%o is shown as %o", (value, shown) => {
  expect(plain(value)).toEqual(shown);
});

test("an error is shown with what it carries and what caused it", () => {
  const cause = Object.assign(new TypeError("no"), { code: "ENO" });
  const error = new Error("failed", { cause });

  expect(plain({ error })).toEqual({
    error: {
      type: "Error",
      message: "failed",
      stack: error.stack,
      cause: { type: "TypeError", message: "no", stack: cause.stack, code: "ENO" },
    },
  });
});

test("errors that cause each other are shown once", () => {
  const error = new Error("first");
  error.cause = new Error("second", { cause: error });

  expect(plain(error)).toMatchObject({ cause: { message: "second", cause: "[circular]" } });
});
