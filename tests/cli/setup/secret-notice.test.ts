import { expect, test } from "vitest";
import { holdNotice } from "../../../cli/setup/secret-notice.ts";

/** What is said of a secret by a start that ends, after it `told` of it or before. */
const saidOf = (secret: string | undefined, told: boolean) => {
  const said: string[] = [];
  {
    using notice = holdNotice(secret, (text) => said.push(text));
    if (told) notice.told();
  }
  return said.join("\n");
};

test("a secret of a start that ended before anybody was told of it is told in the end", () => {
  expect(saidOf("s3cret", false)).toContain("  s3cret\n");
});

test.each([
  ["was told of", "s3cret", true],
  ["was not made", undefined, false],
])("a secret that %s is not told in the end", (_what, secret, told) => {
  expect(saidOf(secret, told)).toBe("");
});
