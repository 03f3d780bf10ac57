import { expect, test } from "vitest";
import type { LookedAt } from "#shared/messages/vcs.ts";
import { askingOf, readLook } from "../../../services/builder/look-command.ts";

const url = "https://example.org/x";
const source = (changes: Partial<LookedAt> = {}): LookedAt => ({
  protocol: "git",
  url,
  ref: "HEAD",
  ...changes,
});

/** The program with its arguments, or the refusal. */
const asked = (changes: Partial<LookedAt>) => {
  const asking = askingOf(source(changes));
  return asking.kind === "run" ? asking.command.argv.slice(4).join(" ") : asking.look;
};

test.each([
  [{}, `git ls-remote -- ${url} HEAD`],
  [{ url: "git://example.org/x" }, "git ls-remote -- git://example.org/x HEAD"],
  [{ url: "https://me:secret@example.org/x" }, `git ls-remote -- ${url} HEAD`],
  [{ protocol: "svn" }, `svn info --non-interactive --show-item last-changed-revision -- ${url}`],
  [{ protocol: "hg" }, `hg identify --id --debug -- ${url}`],
  [{ protocol: "hg", ref: "branch=b" }, `hg identify --id --debug --rev b -- ${url}`],
  [{ protocol: "bzr" }, `bzr revision-info --directory ${url}`],
] as const)("%j is looked at by %s", (changes, expected) => {
  expect(asked(changes)).toBe(expected);
});

test.each([
  [{ url: "ssh://git@example.org/x" }, "ssh needs a key, and a build has none"],
  [{ url: "git@example.org:x.git" }, "ssh needs a key, and a build has none"],
  [{ protocol: "svn", url: "svn+ssh://example.org/x" }, "ssh needs a key, and a build has none"],
  [{ url: "file:///etc" }, "expected http://, https://, git:// or svn://"],
  [{ url: "ext::sh -c id" }, "is no URL"],
  [{ url: "--upload-pack=id" }, "is no URL"],
  [{ protocol: "fossil" }, "fossil has no request for the newest check-in of a server"],
] as const)("%j is not followed: %s", (changes, why) => {
  const shown = "url" in changes ? changes.url : url;

  expect(asked(changes)).toEqual({ kind: "unfollowed", message: `${shown}: ${why}` });
});

test("a password goes into the environment of git alone", () => {
  const asking = askingOf(source({ url: "https://me:secret@example.org/x" }));

  expect(asking).toMatchObject({
    command: { environment: { KILN_GIT_USERNAME: "me", KILN_GIT_PASSWORD: "secret" } },
  });
  expect(asked({ protocol: "svn", url: "https://me:secret@example.org/x" })).toEqual({
    kind: "unfollowed",
    message: `${url}: a password in the URL of a svn source is not supported`,
  });
});

const commit = "a".repeat(40);
const other = "b".repeat(40);

/** What is made of a program that ended so. */
const looked = ({ code = 0, stdout = "", stderr = "" }, changes: Partial<LookedAt> = {}) => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const captured = { exit: { kind: "exited", code }, stdout: bytes(stdout), stderr: bytes(stderr) };
  return readLook(source(changes), captured as Parameters<typeof readLook>[1]);
};

test.each([
  [{ stdout: `${commit}\tHEAD\n` }, {}],
  [{ stdout: `${other}\trefs/x/refs/heads/a\n${commit}\trefs/heads/a\n` }, { ref: "refs/heads/a" }],
  [{ stdout: `${commit}\trefs/tags/v\n${other}\trefs/tags/v^{}\n` }, { ref: "refs/tags/v" }],
  [{ stdout: `${commit}\n` }, { protocol: "hg" }],
] as const)("%j names the commit", (ended, changes) => {
  expect(looked(ended, changes)).toEqual({ kind: "found", commit });
});

test.each([
  ["gone", "there is no HEAD", {}],
  ["gone", `fatal: repository '${url}/' not found`, { code: 128 }],
  ["unknown", "fatal: unable to access: Could not resolve host", { code: 128 }],
  ["unknown", "no answer within 15 s", { code: 124 }],
  ["unfollowed", "the runner image has no git", { code: 127 }],
] as const)("a look may end as %s: %s", (kind, why, ended) => {
  const stderr = why.startsWith("fatal") ? why : "";

  expect(looked({ ...ended, stderr })).toEqual({ kind, message: `${url}: ${why}` });
});
