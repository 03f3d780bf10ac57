import { SourceFault } from "./unusable.ts";

const expected = "expected http://, https://, git:// or ssh:// with a host, or user@host:path";

/**
 * A URL that may be given to git, as it stands. Everything else is `Fault` invalid: other transports
 * (`ext::` runs a command), paths of this machine, and what git or ssh would read as an option.
 *
 * Source: gitremote-helpers(7), "GIT URLS" in git-fetch(1).
 */
export const parseGitUrl = (url: string, allowFile: boolean): string => {
  const refuse = (why: string) =>
    new SourceFault("invalid", `git url ${JSON.stringify(url)}: ${why}`);

  if (url.length > 2_000)
    throw new SourceFault("invalid", "git url: expected at most 2000 characters");
  if (hasForbiddenCharacter(url)) throw refuse("expected no white space and no control characters");
  if (url.startsWith("-")) throw refuse("expected no leading hyphen");
  if (/^\w[\w.+-]*::/.test(url)) throw refuse(`remote helpers are not allowed, ${expected}`);
  if (/^file:\/\//i.test(url)) {
    if (!allowFile) throw refuse("set GIT_ALLOW_FILE=true to allow file://");
    if (!/^file:\/\/\/[^/]/i.test(url)) throw refuse("expected file:///<path>");
    return url;
  }
  if (/^(https?|git|ssh):\/\//i.test(url)) {
    if (!hasPlainHost(url)) throw refuse(expected);
    return url;
  }
  if (!isShortSsh(url)) throw refuse(expected);
  return url;
};

const hasForbiddenCharacter = (url: string) => /[\p{Cc}\p{Z}]/u.test(url);

const hasPlainHost = (url: string) => {
  const [, authority = ""] = /^\w+:\/\/([^/?#]*)/.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(:\d{1,5})?$/.test(host);
  const isAddress = /^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host);
  return !authority.startsWith("-") && (isName || isAddress);
};

const isShortSsh = (url: string) =>
  /^[A-Za-z0-9_][\w.+-]*@[A-Za-z0-9_][A-Za-z0-9_.-]*:[^-:/][^:]*$/.test(url) ||
  /^[A-Za-z0-9_][\w.+-]*@[A-Za-z0-9_][A-Za-z0-9_.-]*:\/[^/][^:]*$/.test(url);
