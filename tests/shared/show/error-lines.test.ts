import { expect, test } from "vitest";
import { excerptOf, lastLinesOf } from "#shared/show/error-lines.ts";
import { cargo, cmake, ninja, parallelMake, pytest, python } from "../../support/failing-output.ts";

/** A step of makepkg that printed this and failed, as it stands in a log: its heading is line 2. */
const failing = (printed: string, part = "build") =>
  `\n:: kiln :: building\n\n==> Starting ${part}()...\n${printed}\n==> ERROR: A failure occurred in ${part}().\n    Aborting...\n`;

const end = "==> ERROR: A failure occurred in build().";

test.each([
  [
    "gcc under a parallel make, whose other jobs go on",
    parallelMake,
    [
      "c.c:4:10: error: ‘missing’ undeclared (first use in this function)",
      "    4 |   return missing;",
      "      |          ^~~~~~~",
      "c.c:4:10: note: each undeclared identifier is reported only once for each function it appears in",
      end,
    ],
  ],
  [
    "ninja",
    ninja,
    [
      "/src/c.c:4:10: error: ‘missing’ undeclared (first use in this function)",
      "    4 |   return missing;",
      "      |          ^~~~~~~",
      end,
    ],
  ],
  [
    "cmake, whose tests of the system fail without harm",
    cmake,
    [
      "CMake Error at CMakeLists.txt:3 (find_package):",
      '  By not providing "FindNope.cmake" in CMAKE_MODULE_PATH this project has',
      '  asked CMake to find a package configuration file provided by "Nope", but',
      "  CMake did not find one.",
      '  Could not find a package configuration file provided by "Nope" with any of',
      end,
    ],
  ],
  [
    "cargo, which compiles thiserror",
    cargo,
    [
      "error[E0308]: mismatched types",
      " --> src/main.rs:1:25",
      "  |",
      '1 | fn main(){ let x: u32 = "a"; }',
      "  |                   ---   ^^^ expected `u32`, found `&str`",
      end,
    ],
  ],
  [
    "Python",
    python,
    [
      '  File "/build/source/setup.py", line 1, in <module>',
      "    import nope",
      "ModuleNotFoundError: No module named 'nope'",
      end,
    ],
  ],
  [
    "pytest",
    pytest,
    ["test_a.py:2: AssertionError", "FAILED test_a.py::test_a - assert 1 == 2", end],
  ],
  [
    "a linker",
    "/usr/bin/ld: /tmp/x.o: in function `main':\n<stdin>:(.text+0x5): undefined reference to `foo'\ncollect2: error: ld returned 1 exit status",
    ["<stdin>:(.text+0x5): undefined reference to `foo'", end],
  ],
  [
    "Go",
    "# x\n./main.go:2:14: declared and not used: y\n./main.go:2:22: undefined: undefinedf",
    ["./main.go:2:14: declared and not used: y", "./main.go:2:22: undefined: undefinedf", end],
  ],
  [
    "a program that is not there",
    "> x@1.0.0 build\n> nope --x\n\nsh: 1: nope: not found",
    ["==> Starting build()...", "> x@1.0.0 build", "> nope --x", "sh: 1: nope: not found", end],
  ],
  ["nothing that has a name", "one\ntwo", ["==> Starting build()...", "one", "two", end]],
])("of the output of %s the lines that say why are shown", (_what, printed, lines) => {
  expect(excerptOf(failing(printed), 2)?.lines).toEqual(lines);
});

test("the number is that of the first line in the log", () => {
  const log = failing(parallelMake);

  const excerpt = excerptOf(log, 2);

  expect(log.split("\n")[(excerpt?.line ?? 0) - 1]).toBe(excerpt?.lines[0]);
});

test.each([
  [
    "the sources of makepkg",
    `==> Verifying source file signatures with gpg...
    app-1.tar.gz ... FAILED (unknown public key 0123456789ABCDEF)
==> ERROR: One or more PGP signatures could not be verified!`,
    [
      "    app-1.tar.gz ... FAILED (unknown public key 0123456789ABCDEF)",
      "==> ERROR: One or more PGP signatures could not be verified!",
    ],
  ],
  [
    "checksums",
    `==> Validating source files with sha256sums...
    a ... Passed
    b ... FAILED
==> ERROR: One or more files did not pass the validity check!`,
    ["    b ... FAILED", "==> ERROR: One or more files did not pass the validity check!"],
  ],
  [
    "downloads",
    `  -> Downloading x.tar.gz...
curl: (22) The requested URL returned error: 404
==> ERROR: Failure while downloading https://example.org/x.tar.gz
    Aborting...`,
    [
      "curl: (22) The requested URL returned error: 404",
      "==> ERROR: Failure while downloading https://example.org/x.tar.gz",
    ],
  ],
  ["pacman's targets", "error: target not found: nope", ["error: target not found: nope"]],
  [
    "pacman's conflicts",
    `resolving dependencies...
looking for conflicting packages...
:: one-1-1 and two-1-1 are in conflict. Remove two? [y/N] 
error: unresolvable package conflicts detected
error: failed to prepare transaction (conflicting dependencies)
:: one-1-1 and two-1-1 are in conflict`,
    [
      ":: one-1-1 and two-1-1 are in conflict. Remove two? [y/N]",
      "error: unresolvable package conflicts detected",
      "error: failed to prepare transaction (conflicting dependencies)",
      ":: one-1-1 and two-1-1 are in conflict",
    ],
  ],
])("of %s too", (_what, printed, lines) => {
  expect(excerptOf(printed)?.lines).toEqual(lines);
});

test("colours, line ends of Windows, progress and halves of characters are no part of it", () => {
  const log =
    "10 %\r20 %\r\u001b[1mmain.c:1:2: \u001b[31;1merror: \u001b[0m\ufffdno\u001b]0;title\u0007\u0007\r\n\u001b[K    1 | x\r\n";

  expect(excerptOf(failing(log), 2)?.lines).toEqual([
    "main.c:1:2: error: \ufffdno",
    "    1 | x",
    end,
  ]);
});

test("at most 12 lines of at most 500 characters are shown, each once", () => {
  const errors = Array.from(
    { length: 40 },
    (_, i) => `a.c:${i % 20}:1: error: ${"😀".repeat(600)}`,
  );

  const lines = excerptOf(failing(errors.join("\n")), 2)?.lines ?? [];

  expect(lines).toHaveLength(10);
  expect(new Set(lines).size).toBe(10);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(500);
});

test("a line of megabytes takes no time, and its end, where progress ends, is seen", () => {
  const minified = `${"x".repeat(5_000_000)}\n${"9 %\r".repeat(1_000_000)}fatal: no\n`;

  expect(excerptOf(minified)?.lines).toEqual(["fatal: no"]);
});

test("lines of kiln's own are none, nor those of steps before", () => {
  const log = "error: before\n\n:: kiln :: building\n\n:: kiln :: the build ran out of memory\n";

  expect(excerptOf(log, 3)).toBeNull();
  expect(lastLinesOf(log, 3)).toBeNull();
});

test("a connection that was refused is one of them", () => {
  const refused =
    ":: kiln :: the connection to 10.0.0.5:80 was refused: builds reach nothing private";

  const excerpt = excerptOf(`curl: (7) no\n\n${refused}\n\n`);

  expect(excerpt?.lines).toEqual(["curl: (7) no", refused]);
});

test("of what was stopped the last lines are shown, whatever they are", () => {
  const log = `\n:: kiln :: building\n\n${Array.from({ length: 20 }, (_, i) => `line ${i}`).join("\n")}\n`;

  const excerpt = lastLinesOf(log, 2);

  expect(excerpt).toEqual({
    line: 12,
    lines: Array.from({ length: 12 }, (_, i) => `line ${i + 8}`),
  });
});
