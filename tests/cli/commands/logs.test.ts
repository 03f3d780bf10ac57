import { expect, test } from "vitest";
import { events, refuse, runCommandLine } from "../../support/command-line.ts";
import { aBuild, someDetails } from "../../support/views.ts";

test("the newest build's log is shown, without what would command the terminal", async () => {
  const { code, output } = await runCommandLine(["logs", "foo"], {
    answers: { "GET /package/foo/build/latest/logs": "\u001b[32mok\u001b[0m\u001b[2J\n" },
  });

  expect([code, output]).toEqual([0, "\u001b[32mok\u001b[0m\n"]);
});

test("--json gives the log as the API does", async () => {
  const { output } = await runCommandLine(["logs", "foo", "3", "--json"], {
    answers: { "GET /package/foo/build/3/logs": "a\u001bb\n" },
  });

  expect(output).toBe('"a\\u001bb\\n"\n');
});

test("--follow shows a running build until it has ended", async () => {
  const running = aBuild({ state: "running", info: "build" });
  const done = aBuild({ state: "success" }, { ended: "2026-01-01T11:57:02.000Z" });
  const { code, output } = await runCommandLine(["logs", "foo", "-f"], {
    answers: {
      "GET /package/foo/build/latest": running,
      [`GET /package/foo/build/${encodeURIComponent(running.started)}`]: [
        () => Response.json(running),
        () => Response.json(done),
      ],
      "GET /package/foo/build/logs/subscribe": events([
        ["log", "all so far\n"],
        ["change", { state: "success" }],
      ]),
    },
  });

  expect([code, output]).toEqual([0, "all so far\nfoo: success after 2.0 s\n"]);
});

test("--follow --json waits, and its output is the log as JSON alone", async () => {
  const running = aBuild({ state: "running", info: "build" });
  const done = aBuild({ state: "failure" }, { ended: "2026-01-01T11:57:02.000Z" });
  const path = `GET /package/foo/build/${encodeURIComponent(running.started)}`;
  const { code, output, messages } = await runCommandLine(["logs", "foo", "-f", "--json"], {
    answers: {
      "GET /package/foo/build/latest": running,
      [path]: [() => Response.json(running), () => Response.json(done)],
      [`${path}/logs`]: "all of it\n",
      "GET /package/foo/build/logs/subscribe": events([
        ["log", "all so far\n"],
        ["change", { state: "failure" }],
      ]),
    },
  });

  expect([code, output]).toEqual([1, '"all of it\\n"\n']);
  expect(messages).toBe("foo: failure after 2.0 s\n");
});

test("--follow of a build that has ended shows its log and leaves", async () => {
  const { output } = await runCommandLine(["logs", "foo", "-f"], {
    answers: {
      "GET /package/foo/build/latest": aBuild({ state: "failure" }),
      "GET /package/foo/build/latest/logs": "log\n",
    },
  });

  expect(output).toBe("log\n");
});

test("a build without a log is exit code 3", async () => {
  const { code, messages } = await runCommandLine(["logs", "foo"], {
    answers: {
      "GET /package/foo/build/latest/logs": refuse(404, "build does not have any logs"),
    },
  });

  expect([code, messages]).toEqual([
    3,
    'kiln: build does not have any logs; "kiln list" shows what there is\n',
  ]);
});

const refused = "foo-1-1-any.pkg.tar.zst is not what was promised";

test.each([
  ["is not in it", "built foo\n", `foo: fatal: ${refused}\n`],
  ["is in it", `:: kiln :: ${refused}\n`, ""],
])("why a build failed is said beside its log where that %s", async (_where, log, said) => {
  const { code, output, messages } = await runCommandLine(["logs", "foo"], {
    answers: {
      "GET /package/foo/build/latest/logs": log,
      "GET /packages/foo/builds/latest": someDetails(
        { state: "fatal", info: [refused, "publish"] },
        { message: refused },
      ),
    },
  });

  expect([code, output, messages]).toEqual([0, log, said]);
});

test("of a build without a log it is said why it has none", async () => {
  const message = "failed to build dependency lib successfully";
  const { code, messages } = await runCommandLine(["logs", "foo"], {
    answers: {
      "GET /package/foo/build/latest/logs": refuse(404, "build does not have any logs"),
      "GET /packages/foo/builds/latest": someDetails(
        { state: "cancelled", info: message },
        { message },
      ),
    },
  });

  expect(code).toBe(3);
  expect(messages).toContain(`kiln: this build has no log: foo: cancelled: ${message}`);
});
