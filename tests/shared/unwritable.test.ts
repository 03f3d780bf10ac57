import { expect, test } from "vitest";
import { ifUnwritable } from "#shared/unwritable.ts";

const refused = ifUnwritable("nothing can be written into /x");

test.each([
  ["code", "ENOSPC", Object.assign(new Error("no space"), { code: "ENOSPC" })],
  ["name", "NotCapable", Object.assign(new Error("requires write access"), { name: "NotCapable" })],
])("a refusal to write, by its %s, is trouble that passes", (_by, name, error) => {
  expect(() => refused(error)).toThrow(
    expect.objectContaining({
      kind: "unavailable",
      message: `nothing can be written into /x (${name}); mend that`,
    }),
  );
});

test("another failure stays as it is", () => {
  const error = Object.assign(new Error("there is none"), { code: "ENOENT" });

  expect(() => refused(error)).toThrow(error);
});
