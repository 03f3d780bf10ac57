import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { parseGitUrl } from "../../../services/resolver/git-url.ts";

test.each([
  "https://aur.archlinux.org/yay.git",
  "HTTPS://Example.org/x",
  "http://127.0.0.1:8080/x.git",
  "http://[::1]:8080/x.git",
  "https://user:token@example.org/x.git",
  "git://example.org/x",
  "ssh://aur@aur.archlinux.org/yay.git",
  "ssh://aur@aur.archlinux.org:22/yay.git",
  "git@github.com:owner/repository.git",
  "aur@aur.archlinux.org:/srv/x.git",
])("%s may be fetched", (url) => {
  expect(parseGitUrl(url, false)).toBe(url);
});

test.each([
  ["ext::sh -c touch% /tmp/canary", "expected no white space and no control characters"],
  ["ext::sh", "remote helpers are not allowed"],
  ["fd::7", "remote helpers are not allowed"],
  ["transport-1.x::https://example.org/x", "remote helpers are not allowed"],
  ["--upload-pack=touch", "expected no leading hyphen"],
  ["-oProxyCommand=touch:x", "expected no leading hyphen"],
  ["-user@host:x", "expected no leading hyphen"],
  ["ssh://-oProxyCommand=touch/x", "with a host"],
  ["ssh://user@-oProxyCommand=touch/x", "with a host"],
  ["ssh://-user@host/x", "with a host"],
  ["user@-oProxyCommand=touch:x", "with a host"],
  ["user@host:-x", "with a host"],
  ["user@host::x", "with a host"],
  ["host:x", "with a host"],
  ["https:///x", "with a host"],
  ["https://", "with a host"],
  ["https://a b/x", "expected no white space and no control characters"],
  ["https://example.org/\nx", "expected no white space and no control characters"],
  ["https://example.org/\0x", "expected no white space and no control characters"],
  ["https://example.org/\u2028x", "expected no white space and no control characters"],
  ["file:///etc", "set GIT_ALLOW_FILE=true to allow file://"],
  ["FILE:///etc", "set GIT_ALLOW_FILE=true to allow file://"],
  ["/etc/passwd", "with a host"],
  ["../x", "with a host"],
  ["ftp://example.org/x", "with a host"],
  ["", "with a host"],
  [`https://example.org/${"x".repeat(2_000)}`, "expected at most 2000 characters"],
])("%j is refused: %s", (url, why) => {
  const parse = () => parseGitUrl(url, false);

  expect(parse).toThrow(Fault);
  expect(parse).toThrow(why);
});

test.each([
  ["file:///srv/x.git", true],
  ["file://host/srv/x.git", false],
  ["file:////srv/x.git", false],
])("with file:// allowed, %s is taken: %s", (url, taken) => {
  const parse = () => parseGitUrl(url, true);

  if (taken) expect(parse()).toBe(url);
  else expect(parse).toThrow("expected file:///<path>");
});
