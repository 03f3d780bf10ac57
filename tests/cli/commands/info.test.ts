import { expect, test } from "vitest";
import type { RebuildInfo } from "#shared/views.ts";
import { runCommandLine } from "../../support/command-line.ts";
import { aBuild, aPackage, aRebuild, someDetails } from "../../support/views.ts";

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

test("of a newest build that succeeded it is shown what it means for clients", async () => {
  const message = "breaks app, which depends on liblib.so=1-64; what breaks is built again";
  const success = { state: "success" } as const;
  const { output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [aBuild(success)],
      "GET /packages/foo/builds": { builds: [someDetails(success, { message })], next: null },
    },
  });

  expect(output.split("\n").at(-2)).toBe(`build 1: ${message}`);
});

test("a build that waits is shown with what keeps its services from work", async () => {
  const reason = "network not confined: its rules cannot be loaded (EPERM)";
  const { code, output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [aBuild({ state: "pending" })],
      "GET /readyz": () =>
        Response.json({ ready: false, problems: { builder: reason } }, { status: 503 }),
    },
  });

  expect(code).toBe(0);
  expect(output.split("\n").at(-2)).toBe(`not ready builder: ${reason}`);
});

test("a build that waits is shown also by a server that does not say whether it is ready", async () => {
  const { code, output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [aBuild({ state: "pending" })],
    },
  });

  expect(code).toBe(0);
  expect(output).not.toContain("not ready");
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

const ended = { ended: "2026-01-01T11:58:00.000Z" };

test.each<[string, RebuildInfo[], string]>([
  ["never", [], "not yet"],
  ["and waits", [aRebuild(null)], "not yet"],
  [
    "only of what was published before",
    [aRebuild("GOOD", { ...ended, current: false })],
    "not yet",
  ],
  ["is GOOD", [aRebuild("GOOD", ended)], "GOOD, 2 minutes ago"],
  ["is GOOD, and waits again", [aRebuild(null), aRebuild("GOOD", ended)], "GOOD, 2 minutes ago"],
  [
    "is BAD",
    [aRebuild("BAD", { ...ended, message: "foo differs" }), aRebuild("GOOD", ended)],
    "BAD, 2 minutes ago: foo differs",
  ],
])("a package that was rebuilt %s (%#) says so", async (_what, rebuilds, text) => {
  const { output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [],
      "GET /package/foo/rebuild?count=8": rebuilds,
    },
  });

  expect(output).toMatch(new RegExp(`^verified +${text}$`, "m"));
});

test("why builds failed is said, of the newest in full, and of one of kiln 0.1.0 what is known", async () => {
  const failure = { state: "failure" } as const;
  const older = "2026-01-01T11:50:00.000Z";
  const message = `building failed with exit code 4: a.c:1:1: error: no; ${"long ".repeat(30)}`;
  const { output } = await runCommandLine(["info", "foo"], {
    answers: {
      "GET /package/foo": foo,
      "GET /package/foo/build?count=8": [aBuild(failure), aBuild(failure, { started: older })],
      "GET /packages/foo/builds": {
        builds: [
          someDetails(failure, {
            message,
            excerpt: { line: 3, lines: ["a.c:1:1: error: no", "==> ERROR: A failure occurred"] },
          }),
          someDetails(failure, {
            number: 0,
            ordered: older,
            message: "step build ended with exit code 4",
          }),
        ],
        next: null,
      },
    },
  });

  const [, newest, before, , end, ...lines] = output.slice(output.indexOf("ID ")).split("\n");
  expect(newest).toMatch(/ building failed with exit code 4: a\.c:1:1: error: no; [long ]+…$/);
  expect(before).toMatch(/ step build ended with exit code 4$/);
  expect(end).toBe(`build 1 ended as failure: ${message.trim()}`);
  expect(lines).toEqual(["  a.c:1:1: error: no", "  ==> ERROR: A failure occurred", ""]);
});
