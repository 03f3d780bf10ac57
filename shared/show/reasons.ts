/** What a build ran into that has a name, and a way out of it. */
export type Reason = {
  readonly kind: string;
  /** Matches the line of a log that tells. */
  readonly pattern: RegExp;
  /** Such a line may also stand in the log of a build that goes well. */
  readonly weak?: true;
  /** What to do, with what the pattern's groups found. */
  readonly advice: (found: readonly string[]) => string;
};

/** In the order in which they explain: the first that matches is shown. */
export const reasons: readonly Reason[] = [
  {
    kind: "unknown key",
    // Source: verify_signature() of makepkg.
    pattern: /FAILED \(unknown public key ([0-9A-F]{8,40})\)/i,
    advice: ([key]) =>
      `import the key that signed the source with "kiln key import", if ${key} is one that the package's authors publish, or have the recipe ship it in keys/pgp/`,
  },
  {
    kind: "key not valid",
    pattern:
      /FAILED.* \((?:the public key \S+ is not trusted|invalid public key|.*has been revoked|bad signature|error during signature)/i,
    advice: () =>
      "the source is not signed by a valid key of validpgpkeys: compare it with what its authors publish before you trust it",
  },
  {
    kind: "package signature",
    // Source: check_validity() and the keyring errors of pacman.
    pattern:
      /signature from ".*" is (?:unknown trust|marginal trust|invalid|expired)|\(PGP signature\)|required key missing from keyring|keyring is not writable|key "?[0-9A-F]{8,40}"? could not be (?:looked up|imported)/i,
    advice: () =>
      "pacman does not trust a package's signature: its keyring is older than the packages. Make the runner image anew, or install archlinux-keyring in the package's prepare commands",
  },
  {
    kind: "checksum",
    pattern: /^\s+\S.* \.\.\. FAILED$|did not pass the validity check/,
    advice: () =>
      "a source is not the file that the recipe's checksums name: upstream replaced it, or it was damaged on the way. The recipe needs new checksums if the new file is right",
  },
  {
    kind: "target not found",
    pattern: /error: target not found: (\S+)/,
    advice: ([target]) =>
      `no repository that the build sees has ${target}: "kiln add ${target}" if the AUR has it, or correct the recipe's dependencies`,
  },
  {
    kind: "conflict",
    pattern: /:: (\S+) and (\S+) are in conflict/,
    advice: ([one, other]) =>
      `${one} and ${other} cannot be installed together: the recipe needs only one of them, or one of them must go in the package's prepare commands`,
  },
  {
    kind: "conflict without names",
    pattern: /unresolvable package conflicts|\(conflicting (?:files|dependencies)\)/,
    advice: () =>
      "two packages that the build installs conflict: the recipe needs only one of them",
  },
  {
    kind: "disk full",
    pattern: /No space left on device|\bENOSPC\b|Disk quota exceeded|not enough free disk space/i,
    advice: () =>
      "the disk is full that the build writes to: free space where the container engine keeps its data, or give builds more",
  },
  {
    kind: "out of memory",
    pattern:
      /virtual memory exhausted|std::bad_alloc|Cannot allocate memory|\bENOMEM\b|LLVM ERROR: out of memory|fatal error: Killed signal|signal: 9, SIGKILL|JavaScript heap out of memory|java\.lang\.OutOfMemoryError|memory allocation of \d+ bytes failed/i,
    advice: () =>
      "the build had too little memory: raise RUNNER_MEMORY, or build with fewer jobs (MAKEFLAGS)",
  },
  {
    kind: "user namespaces",
    pattern:
      /unshare: .*Operation not permitted|bwrap: .*(?:namespace|Operation not permitted|Permission denied)|clone\(.*CLONE_NEW|CLONE_NEWUSER|failed to move to new namespace|user namespaces? (?:are|is) (?:not|disabled)|new[ug]idmap:|No usable sandbox/i,
    advice: () =>
      "a build may not make user namespaces: turn off the sandbox that this program makes for itself; kiln runs the build in one already",
  },
  {
    kind: "FUSE",
    pattern:
      /fuse: (?:device not found|failed to open|mount failed)|\/dev\/fuse|AppImages require FUSE|error loading libfuse|fusermount\d?: /i,
    advice: () =>
      "a build has no FUSE: run an AppImage with APPIMAGE_EXTRACT_AND_RUN=1, or unpack it with --appimage-extract",
  },
  {
    kind: "setuid",
    pattern:
      /no new privileges|effective uid is not 0|must be (?:setuid|suid|owned by uid 0)|sudo: .*(?:password is required|terminal is required|command not found)|\bsu: (?:Authentication failure|cannot set groups)|must be run (?:as root|from a terminal)/i,
    advice: () =>
      "a build cannot become root: what needs root belongs into the package's prepare commands, and ownership in package() comes from makepkg's fakeroot",
  },
  {
    kind: "network",
    pattern:
      /Could not resolve host(?:name)?:? ?([^\s;]*)|Temporary failure in name resolution|Name or service not known|Network is unreachable|failed to lookup address/i,
    advice: ([host]) =>
      `${host ? `the build finds no address of ${host.replace(/[.:]+$/, "")}` : "the build does not reach the network"}: see whether the host exists, and what the builder's host reaches`,
  },
  {
    kind: "download",
    pattern: /Failure while downloading (\S+)|The requested URL returned error: (\d+)/,
    advice: ([url]) =>
      `${url ? "that source" : "a source"} is not where the recipe looks for it: upstream moved or deleted it, or its server is away`,
  },
  {
    kind: "not for this architecture",
    pattern: /is not available for the '(\S+)' architecture/,
    advice: ([arch]) =>
      `the recipe's arch does not name ${arch}: the package's flag ignorearch builds it all the same`,
  },
  {
    kind: "missing program",
    pattern:
      /(?:line \d+: |sh: (?:\d+: )?|env: )['‘]?([\w.+-]+)['’]?: (?:command not found|not found|No such file or directory)/,
    // A configure script prints such lines without harm.
    weak: true,
    advice: ([program]) =>
      `the build lacks the program ${program}: the recipe's makedepends must name the package that has it`,
  },
];

/** The first reason that a line of these names, with that line and what to do; `weak` ones only where they may be. */
export const reasonIn = (lines: readonly string[], mayBeWeak = false) => {
  for (const { kind, pattern, advice, weak } of reasons)
    for (const line of lines) {
      const found = weak && !mayBeWeak ? null : pattern.exec(line);
      if (found) return { kind, line, advice: advice(found.slice(1).map((it) => it ?? "")) };
    }
  return undefined;
};
