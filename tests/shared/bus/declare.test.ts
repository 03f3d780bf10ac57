import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { filterOf, message, type Narrowing, stream, subjectOf } from "#shared/bus/declare.ts";

const rebuilds = stream("REBUILDS", { keep: "work", maxAge: 1_000 });
const asked = message(
  rebuilds,
  "rebuild.asked.{arch}.{rebuild}",
  v.object({ arch: v.string(), rebuild: v.string(), reason: v.string() }),
  { id: ({ rebuild }) => rebuild, key: ({ rebuild }) => rebuild },
);

test("a payload is published on the subject its fields name", () => {
  const payload = { arch: "x86_64", rebuild: "r-1", reason: "why not" };

  expect(subjectOf(asked, payload)).toBe("rebuild.asked.x86_64.r-1");
});

test.each(["", "a.b", "*", ">", "a b", "a\tb", undefined, 7])("%j is no subject token", (arch) => {
  expect(() => subjectOf(asked, { arch, rebuild: "r" })).toThrow(TypeError);
});

test.each([
  [{}, "rebuild.asked.*.*"],
  [{ arch: "any" }, "rebuild.asked.any.*"],
  [{ arch: "any", rebuild: "r" }, "rebuild.asked.any.r"],
  [{ reason: "x" }, "rebuild.asked.*.*"],
])("narrowed to %j, the filter is %s", (narrowing, filter) => {
  expect(filterOf(asked, narrowing)).toBe(filter);
});

test.each(["*", ">", "a.b", ""])("narrowing to %j throws", (arch) => {
  expect(() => filterOf(asked, { arch })).toThrow(TypeError);
});

test("a message knows its payload and its fields", () => {
  expectTypeOf(asked.id).parameters.toEqualTypeOf<
    [{ arch: string; rebuild: string; reason: string }]
  >();
  expectTypeOf<Narrowing<typeof asked>>().toEqualTypeOf<{
    readonly arch?: string;
    readonly rebuild?: string;
  }>();
});

test("a subject may name only text fields of the payload", () => {
  const schema = v.object({ n: v.number() });

  // @ts-expect-error n is a number
  message(rebuilds, "counted.{n}", schema, { id: () => "", key: () => "" });
  // @ts-expect-error there is no m
  message(rebuilds, "counted.{m}", schema, { id: () => "", key: () => "" });
});
