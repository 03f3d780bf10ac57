import { expect, test } from "vitest";
import { runCommandLine } from "../../support/command-line.ts";

test("packages are removed one after the other, and the first refusal ends it", async () => {
  const { code, output, requests } = await runCommandLine(["remove", "foo", "nope", "bar"], {
    answers: { "DELETE /package/foo": null, "DELETE /package/bar": null },
  });

  expect(code).toBe(3);
  expect(output).toBe("removed foo\n");
  expect(requests.map(({ path }) => path)).toEqual(["/package/foo", "/package/nope"]);
});
