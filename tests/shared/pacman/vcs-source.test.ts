import { expect, test } from "vitest";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { vcsSourcesOf } from "#shared/pacman/vcs-source.ts";
import { srcinfoOf } from "../../support/rows.ts";

const url = "https://example.org/x.git";
const git = { protocol: "git", url, ref: "HEAD", pinned: false, name: "x" };
const other = (protocol: string, ref = "HEAD", pinned = false) => ({
  protocol,
  url: "https://example.org/y",
  ref,
  pinned,
  name: "y",
});

test.each([
  [`git+${url}`, [git]],
  [`z::git+${url}`, [{ ...git, name: "z" }]],
  ["git://example.org/x.git", [{ ...git, url: "git://example.org/x.git" }]],
  ["z::git://example.org/x", [{ ...git, url: "git://example.org/x", name: "z" }]],
  ["git+ssh://git@example.org/x.git", [{ ...git, url: "ssh://git@example.org/x.git" }]],
  [`git+${url}#branch=a/b`, [{ ...git, ref: "refs/heads/a/b" }]],
  [`git+${url}#tag=v1`, [{ ...git, ref: "refs/tags/v1" }]],
  [`git+${url}#tag=v1?signed`, [{ ...git, ref: "refs/tags/v1" }]],
  [`git+${url}?signed#tag=v1`, [{ ...git, ref: "refs/tags/v1" }]],
  [`git+${url}#commit=abc`, [{ ...git, ref: "abc", pinned: true }]],
  ["svn+https://example.org/y", [other("svn")]],
  ["svn+https://example.org/y#revision=7", [other("svn", "revision=7", true)]],
  ["svn+ssh://example.org/y", [{ ...other("svn"), url: "svn+ssh://example.org/y" }]],
  ["hg+https://example.org/y#branch=z", [other("hg", "branch=z")]],
  ["bzr+https://example.org/y", [other("bzr")]],
  ["bzr+lp:y", [{ ...other("bzr"), url: "lp:y" }]],
  ["fossil+https://example.org/y", [{ ...other("fossil"), name: "y.fossil" }]],
  [url, []],
  ["https://example.org/git+x", []],
  ["fix.patch", []],
])("%s names %j", (source, expected) => {
  const srcinfo = parseSrcinfo(srcinfoOf("x", [`source = ${source}`]));

  expect(vcsSourcesOf(srcinfo, "x86_64")).toEqual(expected);
});

test("those of the architecture count too, in the order of their urls", () => {
  const srcinfo = parseSrcinfo(
    srcinfoOf("x", [
      "source = git+https://b",
      "source_x86_64 = git+https://a",
      "source_i686 = git+https://c",
    ]),
  );

  expect(vcsSourcesOf(srcinfo, "x86_64").map((it) => it.url)).toEqual(["https://a", "https://b"]);
});
