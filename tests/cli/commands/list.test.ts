import { expect, test } from "vitest";
import { refuse, runCommandLine } from "../../support/command-line.ts";
import { aBuild, aPeek } from "../../support/views.ts";

const packages = [
  aPeek("zsh-git", {
    version: "1:5.9-2",
    devel: true,
    enabled: false,
    build: aBuild({ state: "success" }, { ended: "2026-01-01T11:58:00.000Z" }),
  }),
  aPeek("abc", { build: aBuild({ state: "running", info: "build" }) }),
  aPeek("new"),
];

test("packages are shown by name, aligned, with their newest builds", async () => {
  const { code, output } = await runCommandLine(["list"], {
    answers: { "GET /package/list": packages },
  });

  expect(code).toBe(0);
  expect(output).toBe(
    [
      "NAME     VERSION  STATE            BUILT",
      "abc      -        running (build)  3 minutes ago",
      "new      -        never built      -",
      "zsh-git  1:5.9-2  success          2 minutes ago  devel, not scheduled",
      "",
    ].join("\n"),
  );
});

test("states have colours on a terminal, unless NO_COLOR is set", async () => {
  const answers = { "GET /package/list": packages };

  const plain = await runCommandLine(["list"], { answers });
  const coloured = await runCommandLine(["list"], { answers, isTerminal: true });
  const refused = await runCommandLine(["list"], {
    answers,
    isTerminal: true,
    environment: { NO_COLOR: "1" },
  });

  expect(coloured.output).toContain("\u001b[32msuccess\u001b[39m");
  expect(refused.output).toBe(plain.output);
  expect(plain.output).not.toContain("\u001b");
});

test("--json gives what the API gave, to the byte", async () => {
  const { output } = await runCommandLine(["list", "--json"], {
    answers: { "GET /package/list": () => new Response("[ ]") },
  });

  expect(output).toBe("[ ]\n");
});

test("no package is told with what to do about it", async () => {
  const { output } = await runCommandLine(["list"], { answers: { "GET /package/list": [] } });

  expect(output).toBe('there are no packages; "kiln add <name>" adds one of the AUR\n');
});

test("what a hostile server names a package does nothing to the terminal", async () => {
  const { output } = await runCommandLine(["list"], {
    answers: { "GET /package/list": [aPeek("a\u001b]0;owned\u0007b\u202ec")] },
  });

  expect(output).toContain("a\\x1b]0;owned\\x07b\\u{202e}c");
});

test.each([
  [401, 4, "no secret provided"],
  [403, 4, "invalid secret"],
  [500, 5, "failed to read authorized secrets"],
])("a server that says %i is exit code %i and one line", async (status, code, text) => {
  const run = await runCommandLine(["list"], {
    answers: { "GET /package/list": refuse(status, text) },
  });

  expect(run.code).toBe(code);
  expect(run.output).toBe("");
  expect(run.messages).toMatch(new RegExp(`^kiln: ${text}.*\\n$`));
});

test("a server that cannot be reached is exit code 5, and named", async () => {
  const run = await runCommandLine(["list", "--server", "http://nowhere.example"], {
    fetch: async () => {
      throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    },
  });

  expect(run.code).toBe(5);
  expect(run.messages).toBe(
    "kiln: cannot reach http://nowhere.example: connect ECONNREFUSED; is kiln running there? --server or KILN_URL names another\n",
  );
});

test("another server's answer is refused, not believed", async () => {
  const run = await runCommandLine(["list"], {
    answers: { "GET /package/list": () => new Response("<html>") },
  });

  expect(run.code).toBe(5);
  expect(run.messages).toMatch(/^kiln: http:\/\/127\.0\.0\.1:8080 answers as no build server does/);
});
