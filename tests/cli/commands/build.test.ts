import { expect, test } from "vitest";
import type { BuildState } from "#shared/views.ts";
import { events, refuse, runCommandLine } from "../../support/command-line.ts";
import { aBuild, someDetails } from "../../support/views.ts";

const started = "2026-01-01T11:59:00.000Z";
const named = `GET /package/foo/build/${encodeURIComponent(started)}`;
const pending = aBuild({ state: "pending" }, { started });
const running = aBuild({ state: "running", info: "build" }, { started });
const done = aBuild(
  { state: "success" },
  { started, ended: "2026-01-01T11:59:04.200Z", version: "1-1" },
);
const old = aBuild({ state: "failure" });

const json = (value: unknown) => () => Response.json(value);

const subscribe = "GET /package/foo/build/logs/subscribe";
const latest = "GET /package/foo/build/latest";

test("builds are ordered, by default of what has something new", async () => {
  const { code, output, requests } = await runCommandLine(["build", "foo", "bar"], {
    answers: { "POST /build": null },
  });

  expect([code, output]).toEqual([0, "ordered foo, bar\n"]);
  expect(requests.map(({ body }) => body)).toEqual([
    { packages: ["foo", "bar"], clean: false, resolve: true, force: false },
  ]);
});

test("--all goes to its own route", async () => {
  const { requests } = await runCommandLine(["build", "--all", "--force"], {
    answers: { "POST /build/all": null },
  });

  expect(requests[0]).toMatchObject({ path: "/build/all", body: { packages: [], force: true } });
});

test.each([[[]], [["--all", "foo"]], [["--all", "--wait"]], [["foo", "bar", "--follow"]]])(
  "build %j is a wrong command line",
  async (options) => {
    const { code, requests } = await runCommandLine(["build", ...options]);

    expect([code, requests]).toEqual([2, []]);
  },
);

test("an unknown package is exit code 3, in the server's words", async () => {
  const { code, messages } = await runCommandLine(["build", "nope"], {
    answers: { "POST /build": refuse(404, "package with base nope is not added") },
  });

  expect(code).toBe(3);
  expect(messages).toBe(
    'kiln: package with base nope is not added; "kiln list" shows what there is\n',
  );
});

test("--wait says how the build ended, without its log", async () => {
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(pending)],
      [named]: [json(pending), json(done)],
      [subscribe]: events([
        ["log", "not shown"],
        ["change", { state: "success" }],
      ]),
    },
  });

  expect([code, output]).toEqual([0, "foo 1-1: success after 4.2 s\n"]);
});

test("the end of a build before ours is not taken for ours", async () => {
  const { output } = await runCommandLine(["build", "foo", "--follow"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(pending)],
      [named]: [json(pending), json(pending), json(done)],
      [subscribe]: events([
        ["change", { state: "failure" }],
        ["log", "ours\n"],
        ["change", { state: "success" }],
      ]),
    },
  });

  expect(output).toBe("ours\nfoo 1-1: success after 4.2 s\n");
});

test("a build that ended before anybody listened is shown from its log", async () => {
  const { output } = await runCommandLine(["build", "foo", "--follow"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(done)],
      [named]: done,
      [`${named}/logs`]: "whole log\n",
      [subscribe]: events([]),
    },
  });

  expect(output).toBe("whole log\nfoo 1-1: success after 4.2 s\n");
});

test("an ordered build that the server forgot had nothing to do", async () => {
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(pending)],
      [named]: [json(pending), refuse(404, "package not found or no build at this time")],
      [subscribe]: events([["change", { state: "success" }]]),
    },
  });

  expect([code, output]).toEqual([0, "foo: nothing to build, it is up to date\n"]);
});

test("where no build came of the order, there was nothing to do", async () => {
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: { "POST /build": null, [latest]: old },
  });

  expect([code, output]).toEqual([0, "foo: nothing to build, it is up to date\n"]);
});

test("a stream that breaks is opened again, and what was shown is not shown again", async () => {
  const { output } = await runCommandLine(["build", "foo", "--follow"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(pending)],
      [named]: [json(pending), json(running), json(done)],
      [subscribe]: [
        events(
          [
            ["change", { state: "running", info: "build" }],
            ["log", "one\n"],
          ],
          true,
        ),
        events([
          ["change", { state: "running", info: "build" }],
          ["log", "one\ntwo\n"],
          ["change", { state: "success" }],
        ]),
      ],
    },
  });

  expect(output).toBe("one\ntwo\nfoo 1-1: success after 4.2 s\n");
});

test.each<[BuildState, string]>([
  [
    { state: "cancelled", info: "missing\ndependencies" },
    "cancelled after 0.0 s: missing; dependencies",
  ],
  [{ state: "fatal", info: ["no image", "build"] }, "fatal after 0.0 s: build: no image"],
])("a build that ends as %o fails the command and says why", async (state, text) => {
  const ended = aBuild(state, { started, ended: started });
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: {
      "POST /build": null,
      [latest]: [json(old), json(ended)],
      [named]: ended,
      [subscribe]: events([]),
    },
  });

  expect([code, output]).toEqual([1, `foo: ${text}\n`]);
});

const message = "building failed with exit code 4: a.c:1:1: error: \u202eno";
const excerpt = { line: 9, lines: ["a.c:1:1: error: \u202eno", "==> ERROR: A failure occurred"] };
const detailed = `GET /packages/foo/builds/${encodeURIComponent(started)}`;
const failedAt = (lines: number) => ({
  "POST /build": null,
  [latest]: [json(old), json(pending)],
  [named]: [json(pending), json(aBuild({ state: "failure" }, { started, ended: started }))],
  [detailed]: someDetails(
    { state: "failure" },
    { number: 7, message, excerpt, log: { bytes: 1, lines } },
  ),
  [subscribe]: events([
    ["log", "the log\n"],
    ["change", { state: "failure" }],
  ]),
});
const sentence =
  "foo: failure after 0.0 s: building failed with exit code 4: a.c:1:1: error: \\u{202e}no\n";
const lines = "  a.c:1:1: error: \\u{202e}no\n  ==> ERROR: A failure occurred\n";

test("a build that fails says why, with the lines of its log that tell, and where the log is", async () => {
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: failedAt(400),
  });

  expect([code, output]).toEqual([1, `${sentence}${lines}  "kiln logs foo 7" shows the log\n`]);
});

test("a build that succeeds says what it means for clients", async () => {
  const message = "breaks app, which depends on liblib.so=1-64; what breaks is built again";
  const success = { state: "success" } as const;
  const { code, output } = await runCommandLine(["build", "foo", "--wait"], {
    answers: {
      ...failedAt(1),
      [named]: json(aBuild(success, { started, ended: started })),
      [detailed]: someDetails(success, { message }),
    },
  });

  expect([code, output]).toEqual([0, `foo: success after 0.0 s: ${message}\n`]);
});

test.each([
  ["far above the end", 400, `the log\n${sentence}${lines}`],
  ["near the end", 20, `the log\n${sentence}`],
])("under a log, lines that stand %s are shown so that they are seen once", async (_, at, text) => {
  const { output } = await runCommandLine(["build", "foo", "--follow"], { answers: failedAt(at) });

  expect(output).toBe(text);
});

test("--source builds a package from an older state of its source", async () => {
  const id = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";
  const { code, output, requests } = await runCommandLine(["build", "foo", "--source", id], {
    answers: { "POST /packages/foo/build": { session: id } },
  });

  expect([code, output]).toEqual([0, "ordered foo\n"]);
  expect(requests.map(({ path, body }) => [path, body])).toEqual([
    ["/packages/foo/build", { source: id, resolve: true, force: false }],
  ]);
});

test("--source of several packages is a mistake", async () => {
  const { code, messages, requests } = await runCommandLine(["build", "a", "b", "--source", "x"]);

  expect([code, messages, requests]).toEqual([
    2,
    'kiln: --source takes one package; "kiln --help" says more\n',
    [],
  ]);
});
