/** Where a program failed: while its PKGBUILD was read, or in a build. */
type Where = "reading" | "build";

type Rule = {
  readonly where?: Where;
  /** What programs print of it, on one line. */
  readonly line: RegExp;
  readonly sentence: string;
};

/** What the log of a build shows that tried what runner/README.md says a build may not do. */
const rules: readonly Rule[] = [
  {
    line: /(\bfuse: (device|mount|failed)|\/dev\/fuse\b|\bfusermount3?:|AppImages require FUSE)/i,
    sentence:
      "the build mounts by FUSE, which no build may do; extract instead (--appimage-extract)",
  },
  {
    line: /\b(unshare|bwrap|newuidmap|newgidmap|setting up uid map|user namespaces?|CLONE_NEWUSER)\b.*(not permitted|permission denied|no permissions|not allowed|failed)/i,
    sentence:
      "the build makes a user namespace, which no build may do; switch the program's own sandbox off",
  },
  {
    line: /(\bsudo: |\bsu: (Authentication failure|must be)|no new privileges|effective uid is not 0)/i,
    sentence:
      "the build gains rights (sudo, su, setuid), which no build may do; what needs root goes into the prepare commands",
  },
  {
    where: "build",
    line: /\bNo route to host\b/i,
    sentence:
      "a connection was refused: builds reach nothing private but what RUNNER_REACHABLE names",
  },
  {
    where: "reading",
    line: /(could not resolve host|name resolution|network is unreachable|unable to access '|connection refused)/i,
    sentence:
      "the PKGBUILD uses the network while it is read, where it has none; fetch in source=(), prepare() or pkgver()",
  },
];

/** The sentence about the first line that shows a thing no build may do; undefined where none does. */
export const forbiddenIn = (lines: readonly string[], where: Where): string | undefined => {
  const ours = rules.filter((rule) => rule.where === undefined || rule.where === where);
  for (const line of lines) {
    const found = ours.find((rule) => rule.line.test(line));
    if (found) return found.sentence;
  }
  return undefined;
};
