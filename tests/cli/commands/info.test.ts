import { expect, test } from "vitest";
import { runCommandLine } from "../../support/command-line.ts";
import { aBuild, aPackage } from "../../support/views.ts";

const foo = aPackage("foo", {
  description: "does\nit",
  builds: 2,
  version: "1-1",
  makepkg_flags: ["nocheck", "cleanbuild"],
});

test("a package is shown with its newest builds, numbered from the oldest", async () => {
  const { code, output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [
        aBuild({ state: "fatal", info: ["no\nimage", "build"] }),
        aBuild({ state: "success" }, { version: "1-1", ended: "2026-01-01T12:59:01.000Z" }),
      ],
    },
  });

  expect(code).toBe(0);
  expect(output).toBe(
    [
      "foo",
      "description  does; it",
      "version      1-1",
      "members      foo",
      "source       aur package, https://aur.example/pkgbase/foo",
      "status       enabled clean",
      "schedule     0 0 0 * * *",
      "flags        nocheck cleanbuild",
      "added        12 hours ago",
      "builds       2",
      "",
      "ID  STATE    VERSION  REASON  STARTED        TOOK",
      "1   fatal    -        manual  3 minutes ago  -          build: no; image",
      "0   success  1-1      manual  3 minutes ago  1 h 2 min",
      "",
    ].join("\n"),
  );
});

test("--json gives what the API gave, and asks for nothing else", async () => {
  const { output, requests } = await runCommandLine(["info", "foo", "--json"], {
    answers: { "GET /package/foo": foo },
  });

  expect(JSON.parse(output)).toEqual(foo);
  expect(requests).toHaveLength(1);
});

test("a name goes into the path escaped", async () => {
  const { requests } = await runCommandLine(["info", "../build?x"]);

  expect(requests[0]?.path).toBe("/package/..%2Fbuild%3Fx");
});
