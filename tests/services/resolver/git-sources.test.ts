import { expect, test } from "vitest";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { gitSourcesOf } from "../../../services/resolver/git-sources.ts";
import { srcinfoOf } from "../../support/rows.ts";

const url = "https://example.org/x.git";
const ref = (ref: string) => ({ url, want: { kind: "ref", ref } });

test.each([
  [`git+${url}`, [ref("HEAD")]],
  [`x::git+${url}`, [ref("HEAD")]],
  [`git+${url}#branch=a/b`, [ref("refs/heads/a/b")]],
  [`git+${url}#tag=v1`, [ref("refs/tags/v1")]],
  [`git+${url}#tag=v1?signed`, [ref("refs/tags/v1")]],
  [`git+${url}?signed#tag=v1`, [ref("refs/tags/v1")]],
  [`git+${url}#commit=abc`, [{ url, want: { kind: "commit", commit: "abc" } }]],
  [url, []],
  ["svn+https://example.org/x", []],
  ["fix.patch", []],
])("%s is followed by %j", (source, expected) => {
  const srcinfo = parseSrcinfo(srcinfoOf("x", [`source = ${source}`]));

  expect(gitSourcesOf(srcinfo, "x86_64")).toEqual(expected);
});

test("those of the architecture count too, in the order of their urls", () => {
  const srcinfo = parseSrcinfo(
    srcinfoOf("x", [
      "source = git+https://b",
      "source_x86_64 = git+https://a",
      "source_i686 = git+https://c",
    ]),
  );

  expect(gitSourcesOf(srcinfo, "x86_64").map((it) => it.url)).toEqual(["https://a", "https://b"]);
});
