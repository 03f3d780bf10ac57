import { remoteOf } from "#shared/git-remote.ts";
import type { Look, LookedAt } from "#shared/messages/vcs.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import type { Captured } from "./capture.ts";
import type { Command } from "./docker/engine.ts";

/** Keeps git(1) to its network transports, and from asking for anything. */
const gitEnvironment = {
  GIT_ALLOW_PROTOCOL: "http:https:git",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
};

/** Seconds that one look may take. */
const patience = 15;

/** Runs a program within a time; exit code 127 where the image lacks the program. */
const script = `command -v -- "$1" >/dev/null || exit 127
exec timeout --kill-after=1 ${patience} "$@"`;

type Asking =
  | { readonly kind: "run"; readonly command: Command }
  | { readonly kind: "refuse"; readonly look: Exclude<Look, { readonly kind: "found" }> };

/** How a container finds out the present commit of a source, or why none will. */
export const askingOf = ({ protocol, url, ref }: LookedAt): Asking => {
  const shown = withoutCredentials(url);
  const refuse = (kind: "gone" | "unknown" | "unfollowed", why: string): Asking => ({
    kind: "refuse",
    look: { kind, message: `${shown}: ${why}` },
  });
  const run = (argv: readonly string[], environment = {}): Asking => ({
    kind: "run",
    command: {
      user: "build",
      argv: ["bash", "-c", script, "--", ...argv],
      environment: { LC_ALL: "C", ...environment },
      directory: "/build",
    },
  });

  if (/[\p{Cc}\p{Z}]/u.test(url + ref) || url.startsWith("-"))
    return refuse("unfollowed", "is no URL");
  if (/^(svn\+|bzr\+|git\+)?ssh:/i.test(url) || /^[^/:]+@[^/:]+:/.test(url))
    return refuse("unfollowed", "ssh needs a key, and a build has none");
  if (!/^(https?|git|svn):\/\/[^/]/i.test(url) && !/^lp:/.test(url))
    return refuse("unfollowed", "expected http://, https://, git:// or svn://");
  if (protocol === "git") {
    const remote = remoteOf(url);
    if (!remote) return refuse("unfollowed", "expected a user and a password of one line each");
    const argv = ["git", "ls-remote", "--", remote.url, ref];
    return run(argv, { ...gitEnvironment, ...remote.environment });
  }
  if (shown !== url)
    return refuse("unfollowed", `a password in the URL of a ${protocol} source is not supported`);
  const [kind = "", value = ""] = ref === "HEAD" ? [] : ref.split(/=(.*)/s, 2);
  switch (protocol) {
    case "svn":
      return run([
        ...["svn", "info", "--non-interactive", "--show-item", "last-changed-revision"],
        ...["--", url],
      ]);
    case "hg": {
      const revision = kind === "" ? [] : ["--rev", value];
      return run(["hg", "identify", "--id", "--debug", ...revision, "--", url]);
    }
    case "bzr":
      return run(["bzr", "revision-info", "--directory", url]);
    case "fossil":
      return refuse("unfollowed", "fossil has no request for the newest check-in of a server");
  }
};

const commitPattern = {
  git: /^[0-9a-f]{40,64}$/,
  svn: /^\d+$/,
  hg: /^[0-9a-f]{40}$/,
  bzr: /^\d+(\.\d+)* \S+$/,
  fossil: /^[0-9a-f]{40,64}$/,
};

/** Bytes of a message; 200 of them fit into one answer. */
const longest = 500;

/** What a look found, by what its program printed. */
export const readLook = (
  { protocol, url, ref }: LookedAt,
  { exit, stdout, stderr }: Captured,
): Look => {
  const shown = withoutCredentials(url);
  const answer = (kind: "gone" | "unknown" | "unfollowed", why: string): Look => ({
    kind,
    message: `${shown}: ${why}`.slice(0, longest),
  });
  if (exit.kind === "gone")
    return answer("unknown", "the container was removed from outside of kiln");
  if (exit.code === 127) return answer("unfollowed", `the runner image has no ${protocol}`);
  if (exit.code === 124 || exit.code === 137)
    return answer("unknown", `no answer within ${patience} s`);
  const said = textOf(stderr).trim();
  if (exit.code !== 0)
    return answer(isAbsent(said) ? "gone" : "unknown", said || `exit code ${exit.code}`);
  const printed = protocol === "git" ? objectOf(textOf(stdout), ref) : textOf(stdout).trim();
  if (printed === undefined || printed === "") return answer("gone", `there is no ${ref}`);
  return commitPattern[protocol].test(printed)
    ? { kind: "found", commit: printed }
    : answer("unknown", `${protocol} printed ${JSON.stringify(printed.slice(0, 80))}`);
};

/** What a server's own refusal looks like in the words of the programs; anything else may pass. */
const isAbsent = (said: string) =>
  /repository '.*' not found|repository not exported|E170000|E160013|HTTP Error 404|Not a branch/.test(
    said,
  );

/** git-ls-remote(1) lists every ref that ends like the one asked for. */
const objectOf = (listed: string, ref: string) =>
  listed
    .split("\n")
    .map((line) => line.split("\t"))
    .find(([, name]) => name === ref)?.[0];

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
