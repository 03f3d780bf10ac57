import { expect, test } from "vitest";
import { runCommandLine } from "../../support/command-line.ts";
import { aPackage } from "../../support/views.ts";

test("packages are removed one after the other, and the first refusal ends it", async () => {
  const { code, output, requests } = await runCommandLine(["remove", "foo", "nope", "bar"], {
    answers: {
      "GET /package/foo": aPackage("foo"),
      "DELETE /package/foo": null,
      "DELETE /package/bar": null,
    },
  });

  expect(code).toBe(3);
  expect(output).toBe("removed foo\n");
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /package/foo",
    "DELETE /package/foo",
    "GET /package/nope",
    "DELETE /package/nope",
  ]);
});

test("a package of a pkgbase removes the pkgbase, and that is shown", async () => {
  const { output, requests } = await runCommandLine(["remove", "suite-b"], {
    answers: { "GET /package/suite-b": aPackage("suite"), "DELETE /package/suite": null },
  });

  expect(output).toBe("removed suite, which builds suite-b\n");
  expect(requests.map(({ path }) => path)).toEqual(["/package/suite-b", "/package/suite"]);
});
