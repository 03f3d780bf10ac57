import { expect, test } from "vitest";
import { events, refuse, runCommandLine } from "../../support/command-line.ts";
import { aBuild, anAdd, aPackage, time } from "../../support/views.ts";

const added = [aPackage("app"), aPackage("lib", { dependency: true })];

const answers = { "POST /package/add": added };

test("an AUR package is added by its name, and what came along is shown", async () => {
  const { code, output, requests } = await runCommandLine(["add", "app", "--secret", "s"], {
    answers,
  });

  expect(code).toBe(0);
  expect(output).toBe("added app\nadded lib (dependency)\n");
  expect(requests[0]).toEqual({
    method: "POST",
    path: "/package/add",
    body: { replace: false, resolve: true, build: true, source: { type: "aur", name: "app" } },
    secret: "s",
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test.each([
  [
    ["--git", "https://git.example/app.git", "--devel"],
    { type: "git", url: "https://git.example/app.git", devel: true },
  ],
  [["--pkgbuild", "/tmp/PKGBUILD"], { type: "raw", pkgbuild: "pkgname=app", devel: false }],
  [["--pkgbuild", "-"], { type: "raw", pkgbuild: "from the input", devel: false }],
])("add %j sends its source", async (options, source) => {
  const { requests } = await runCommandLine(["add", ...options, "--no-build", "--replace"], {
    answers,
    files: { "/tmp/PKGBUILD": "pkgname=app" },
  });

  expect(requests[0]?.body).toEqual({ replace: true, resolve: true, build: false, source });
});

test.each([
  [[]],
  [["app", "--git", "https://git.example/app.git"]],
  [["app", "--devel"]],
  [["app", "--no-build", "--wait"]],
  [["--pkgbuild", "/nowhere"]],
  [["app", "more"]],
])("add %j is a wrong command line, and nothing is sent", async (options) => {
  const { code, messages, requests } = await runCommandLine(["add", ...options], { answers });

  expect(code).toBe(2);
  expect(messages).toMatch(/^kiln: .+\n$/);
  expect(requests).toEqual([]);
});

test("a refusal of several lines is one line", async () => {
  const { code, messages } = await runCommandLine(["add", "app"], {
    answers: {
      "POST /package/add": refuse(422, "failed to checkout source: git:\nfatal: \u001b[2Jno\n"),
    },
  });

  expect(code).toBe(1);
  expect(messages).toBe("kiln: failed to checkout source: git:; fatal: \\x1b[2Jno\n");
});

test("--follow shows the log until the build has ended, and the exit code tells how", async () => {
  const running = aBuild({ state: "running", info: "build" });
  const failed = aBuild({ state: "failure" }, { ended: "2026-01-01T11:58:10.000Z" });
  const { code, output } = await runCommandLine(["add", "app", "--follow"], {
    answers: {
      ...answers,
      "GET /package/app/build/latest": running,
      [`GET /package/app/build/${encodeURIComponent(running.started)}`]: [
        () => Response.json(running),
        () => Response.json(failed),
      ],
      "GET /package/app/build/logs/subscribe": events([
        ["change", { state: "running", info: "build" }],
        ["log", "one\n"],
        ["log", "two\n"],
        ["ping", null],
        ["change", { state: "failure" }],
      ]),
    },
  });

  expect(code).toBe(1);
  expect(output).toBe(
    "added app\nadded lib (dependency)\none\ntwo\napp: failure after 1 min 10 s\n",
  );
});

test("with --json nothing but the answer is on the output, whatever is waited for", async () => {
  const done = aBuild({ state: "success" }, { ended: "2026-01-01T11:58:10.000Z" });
  const { code, output, messages } = await runCommandLine(["add", "app", "--json", "--wait"], {
    answers: {
      ...answers,
      "GET /package/app/build/latest": done,
      [`GET /package/app/build/${encodeURIComponent(done.started)}`]: done,
      "GET /package/app/build/logs/subscribe": events([]),
    },
  });

  expect([code, output]).toEqual([0, `${JSON.stringify(added)}\n`]);
  expect(messages).toBe("app: success after 1 min 10 s\n");
});

const id = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

test("--watch shows an add that was ordered before, until it has ended", async () => {
  const { code, output, messages } = await runCommandLine(["add", "--watch", id], {
    answers: {
      [`GET /adds/${id}`]: [
        () => Response.json(anAdd({ fetching: "app" })),
        () => Response.json(anAdd({ fetching: "lib", fetched: 1 })),
        () =>
          Response.json(
            anAdd({ fetched: 2, ended: time, outcome: "added", added: ["app", "lib"] }),
          ),
      ],
    },
  });

  expect([code, output]).toEqual([0, "added app\nadded lib\n"]);
  expect(messages).toBe("fetching app, 0 sources fetched\nfetching lib, 1 source fetched\n");
});

test.each([
  ["unknown", 3, "aur package 'app' does not exist"],
  ["unmet", 1, "missing are lib"],
  ["failed", 5, "the disk is full"],
] as const)("--watch of an add that came to %s says why", async (outcome, exitCode, message) => {
  const { code, messages } = await runCommandLine(["add", "--watch", id], {
    answers: { [`GET /adds/${id}`]: anAdd({ ended: time, outcome, message }) },
  });

  expect(code).toBe(exitCode);
  expect(messages).toContain(`kiln: ${message}`);
});

test("--watch takes no package", async () => {
  const { code, requests } = await runCommandLine(["add", "app", "--watch", id]);

  expect([code, requests]).toEqual([2, []]);
});
