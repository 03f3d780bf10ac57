import { expect, test } from "vitest";
import { sentenceOf } from "#shared/show/end-sentence.ts";

const failedIn = (step: "system" | "dependencies" | "sources" | "build", ...lines: string[]) =>
  sentenceOf({ kind: "failed", step, exitCode: 1 }, { lines });

test.each([
  [
    ["checking x", "main.c:1:1: error: no", "==> ERROR: A failure occurred in build()."],
    "building failed with exit code 1: main.c:1:1: error: no",
  ],
  [
    ["one", "two", "==> ERROR: A failure occurred in build()."],
    "building failed with exit code 1: two",
  ],
  [
    ["==> ERROR: A failure occurred in build()."],
    "building failed with exit code 1: ==> ERROR: A failure occurred in build().",
  ],
  [[], "building failed with exit code 1"],
])("a failure has its step, its exit code and the line that tells (%#)", (lines, sentence) => {
  expect(failedIn("build", ...lines)).toBe(sentence);
});

test("a failure without an excerpt has its step and its exit code", () => {
  expect(sentenceOf({ kind: "failed", step: "prepare", exitCode: 7 }, null)).toBe(
    "running the package's prepare commands failed with exit code 7",
  );
});

test.each([
  [
    "    app.tar.gz ... FAILED (unknown public key 0123456789ABCDEF)",
    'import the key that signed the source with "kiln key import"',
  ],
  [
    "    app.tar.gz ... FAILED (the public key ABCDEF is not trusted)",
    "not signed by a valid key of validpgpkeys",
  ],
  ["    app.tar.gz ... FAILED", "upstream replaced it, or it was damaged"],
  [
    'error: foo: signature from "A <a@example.org>" is unknown trust',
    "its keyring is older than the packages",
  ],
  ["error: required key missing from keyring", "its keyring is older than the packages"],
  ["error: target not found: nope>=2", '"kiln add nope>=2" if the AUR has it'],
  [
    ":: one-1-1 and two-1-1 are in conflict. Remove two? [y/N]",
    "one-1-1 and two-1-1 cannot be installed together",
  ],
  [
    "error: failed to commit transaction (conflicting files)",
    "two packages that the build installs conflict",
  ],
  ["cp: error writing 'x': No space left on device", "the disk is full"],
  ["error: Partition / too full: 3 blocks needed, not enough free disk space", "the disk is full"],
  ["cc1plus: out of memory: virtual memory exhausted", "raise RUNNER_MEMORY"],
  ["g++: fatal error: Killed signal terminated program cc1plus", "raise RUNNER_MEMORY"],
  ["  process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)", "raise RUNNER_MEMORY"],
  ["unshare: unshare failed: Operation not permitted", "may not make user namespaces"],
  [
    "bwrap: No permissions to creating new namespace, likely because the kernel does not allow it",
    "may not make user namespaces",
  ],
  [
    "FATAL:zygote_host_impl_linux.cc(126)] No usable sandbox! Update your kernel",
    "may not make user namespaces",
  ],
  ["fuse: device not found, try 'modprobe fuse' first", "a build has no FUSE"],
  ["dlopen(): error loading libfuse.so.2", "a build has no FUSE"],
  [
    'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
    "a build cannot become root",
  ],
  ["/build/source/PKGBUILD: line 9: sudo: command not found", "a build cannot become root"],
  ["curl: (6) Could not resolve host: example.org", "the build finds no address of example.org"],
  [
    "==> ERROR: Failure while downloading https://example.org/x",
    "that source is not where the recipe looks for it",
  ],
  [
    "==> ERROR: app is not available for the 'x86_64' architecture.",
    "the package's flag ignorearch builds it all the same",
  ],
  ["/build/source/PKGBUILD: line 9: meson: command not found", "the build lacks the program meson"],
])("what %j means is said, with what to do", (line, advice) => {
  const sentence = failedIn("sources", "something else", line, "make: *** [x] Error 1");

  expect(sentence).toContain(`failed with exit code 1: ${line.trim()}; `);
  expect(sentence).toContain(advice);
});

test("a program that a configure script did not find is no reason where something else is", () => {
  const sentence = failedIn(
    "build",
    "./configure: line 3: foo: command not found",
    "x.c:1:1: error: no",
  );

  expect(sentence).toBe("building failed with exit code 1: x.c:1:1: error: no");
});

test("two packages that conflict are named, wherever pacman names them", () => {
  const sentence = failedIn(
    "dependencies",
    "error: unresolvable package conflicts detected",
    "error: failed to prepare transaction (conflicting dependencies)",
    ":: one and two are in conflict",
  );

  expect(sentence).toContain(":: one and two are in conflict; one and two cannot be installed");
});

test("a connection that the network rules refused is told with the setting that allows it", () => {
  const refused =
    "the connection to 10.0.0.5:80 was refused: builds reach nothing private; name it in RUNNER_REACHABLE if they shall";

  const sentence = failedIn(
    "sources",
    "==> ERROR: Failure while fetching",
    `:: kiln :: ${refused}`,
  );

  expect(sentence).toBe(
    `fetching and checking sources failed with exit code 1: ==> ERROR: Failure while fetching; ${refused}`,
  );
});

test("what was stopped at its limit names the limit and the last line", () => {
  const outcome = { kind: "timed-out", step: "build", afterMs: 14_400_000 } as const;

  expect(sentenceOf(outcome, { lines: ["[1/9] cc", "[2/9] cc"] })).toBe(
    "stopped while building: it took over the 4 hours of BUILD_TIMEOUT; the last it printed: [2/9] cc",
  );
  expect(sentenceOf(outcome, { lines: ["  -> Generating .PKGINFO file..."] })).toBe(
    "stopped while building: it took over the 4 hours of BUILD_TIMEOUT; the last it printed: -> Generating .PKGINFO file...; makepkg takes minutes over a pkgdesc of over 1,000 characters, and hours over a longer one: the recipe needs a shorter one",
  );
});

test("what is no fault of the package's keeps its message, with what to do where that has a name", () => {
  const broken = (message: string) =>
    sentenceOf({ kind: "broken", step: "container", message }, null);

  expect(broken("no image")).toBe("no image");
  expect(broken("the container engine refused files: no space left on device")).toContain(
    "; the disk is full that the build writes to",
  );
});

test("a long line is cut, and white space in it is one space", () => {
  const sentence = failedIn("build", `a.c:1:1:\terror:   ${"😀".repeat(1_000)}`);

  expect(sentence).toBe(`building failed with exit code 1: a.c:1:1: error: ${"😀".repeat(224)}…`);
});
