import { expect, test } from "vitest";
import { forbiddenIn } from "../../../services/builder/forbidden.ts";

test.each([
  ["unshare: unshare failed: Operation not permitted", /user namespace/],
  [
    "bwrap: No permissions to create new namespace, likely because the kernel does not allow",
    /user namespace/,
  ],
  ["fuse: device not found, try 'modprobe fuse' first", /FUSE/],
  ["AppImages require FUSE to run.", /FUSE/],
  ["sudo: a password is required", /gains rights/],
  [
    'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
    /gains rights/,
  ],
  ["curl: (7) Failed to connect to 10.0.0.5 port 80: No route to host", /RUNNER_REACHABLE/],
])("a build that prints %s did what no build may do", (line, sentence) => {
  expect(forbiddenIn(["==> Starting build()...", line, "==> ERROR: A failure"], "build")).toMatch(
    sentence,
  );
});

test.each([
  "curl: (6) Could not resolve host: example.org",
  "fatal: unable to access 'https://example.org/x.git/': Could not resolve host: example.org",
  "bash: connect: Network is unreachable",
])("a PKGBUILD that prints %s while it is read uses the network there", (line) => {
  expect(forbiddenIn([line], "reading")).toBe(
    "the PKGBUILD uses the network while it is read, where it has none; fetch in source=(), prepare() or pkgver()",
  );
});

test.each([
  ["foo.c:3:1: error: expected ';' before '}' token", "build"],
  ["curl: (6) Could not resolve host: example.org", "build"],
  ["checking whether fuse is wanted... no", "build"],
  ["install: pseudo: unknown user", "build"],
] as const)("%s shows nothing forbidden in a build", (line, where) => {
  expect(forbiddenIn([line], where)).toBeUndefined();
});
