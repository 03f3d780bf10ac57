import { expect, test } from "vitest";
import { events, refuse, runCommandLine } from "../../support/command-line.ts";
import { aBuild, aPackage } from "../../support/views.ts";

const added = [aPackage("app"), aPackage("lib", { dependency: true })];

const answers = { "POST /package/add": added };

test("an AUR package is added by its name, and what came along is shown", async () => {
  const { code, output, requests } = await runCommandLine(["add", "app", "--secret", "s"], {
    answers,
  });

  expect(code).toBe(0);
  expect(output).toBe("added app\nadded lib (dependency)\n");
  expect(requests).toEqual([
    {
      method: "POST",
      path: "/package/add",
      body: { replace: false, resolve: true, build: true, source: { type: "aur", name: "app" } },
      secret: "s",
      key: null,
    },
  ]);
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
