import { expect, test } from "vitest";
import { refuse, runCommandLine } from "../../support/command-line.ts";

const [of, against] = [
  "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
  "1e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
];

const changed = {
  path: "PKGBUILD",
  mode: "100644",
  modeBefore: "100644",
  text: null,
  hunks: [
    {
      oldStart: 1,
      oldLines: 2,
      newStart: 1,
      newLines: 2,
      lines: [" pkgname=foo", "-pkgver=1", "+pkgver=2 # \u202e\t\u001b[2J"],
    },
  ],
  added: 1,
  removed: 1,
  omitted: null,
};

const unchanged = { ...changed, path: ".SRCINFO", hunks: [], added: 0, removed: 0 };

const next = "GET /packages/foo/recipe?of=next&against=published";

test("what the next build changes is shown as a unified diff", async () => {
  const { code, output } = await runCommandLine(["diff", "foo"], {
    answers: { [next]: { of, against, files: [changed, unchanged] } },
  });

  expect([code, output]).toEqual([
    0,
    [
      "diff --git a/PKGBUILD b/PKGBUILD",
      "--- a/PKGBUILD",
      "+++ b/PKGBUILD",
      "@@ -1,2 +1,2 @@",
      " pkgname=foo",
      "-pkgver=1",
      "+pkgver=2 # \u202e\t\u001b[2J",
      "",
    ].join("\n"),
  ]);
});

test("a terminal is shown what would command it, or hide what is there", async () => {
  const { output } = await runCommandLine(["diff", "foo"], {
    isTerminal: true,
    environment: { NO_COLOR: "1" },
    answers: { [next]: { of, against, files: [changed] } },
  });

  expect(output).toContain("+pkgver=2 # \\u{202e}\t\\x1b[2J\n");
});

test("two builds are compared, the older first", async () => {
  const { requests } = await runCommandLine(["diff", "foo", "3", "5"], {
    answers: { "GET /packages/foo/recipe?of=5&against=3": { of, against, files: [unchanged] } },
  });

  expect(requests.map(({ path }) => path)).toEqual(["/packages/foo/recipe?of=5&against=3"]);
});

test("a recipe that is the same is said to be", async () => {
  const { code, output, messages } = await runCommandLine(["diff", "foo"], {
    answers: { [next]: { of, against, files: [unchanged] } },
  });

  expect([code, output, messages]).toEqual([0, "", "the recipe of foo is the same\n"]);
});

test("of a package that was never published, the whole recipe is shown", async () => {
  const whole = { ...changed, modeBefore: null, text: "pkgname=foo\npkgver=1", hunks: null };
  const { code, output, messages } = await runCommandLine(["diff", "foo"], {
    answers: {
      [next]: refuse(404, "the source of foo that what is published was built from is not there"),
      "GET /packages/foo/recipe?of=next": { of, against: null, files: [whole] },
    },
  });

  expect(code).toBe(0);
  expect(output.split("\n").slice(1)).toEqual([
    "new file mode 100644",
    "--- /dev/null",
    "+++ b/PKGBUILD",
    "@@ -0,0 +1,2 @@",
    "+pkgname=foo",
    "+pkgver=1",
    "\\ No newline at end of file",
    "",
  ]);
  expect(messages).toMatch(/; this is the whole recipe\n$/);
});

test("a source that is not there is missing, in the server's words", async () => {
  const problem = () =>
    new Response(JSON.stringify({ status: 410, detail: "it is no longer kept", sources: [] }), {
      status: 410,
      headers: { "content-type": "application/problem+json" },
    });
  const { code, messages } = await runCommandLine(["diff", "foo", "1", "2"], {
    answers: { "GET /packages/foo/recipe?of=2&against=1": problem },
  });

  expect([code, messages]).toEqual([
    3,
    'kiln: it is no longer kept; "kiln sources <name>" lists those there are\n',
  ]);
});
