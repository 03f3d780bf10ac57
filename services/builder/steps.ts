import type { MakepkgFlag } from "#shared/model.ts";
import type { Command } from "./docker/engine.ts";
import { keyPath } from "./own-repository.ts";

export type Environment = Readonly<Record<string, string>>;

/** Where the package's prepare commands lie. */
export const preparePath = "/root/prepare.sh";

/**
 * A program with both outputs into one, so that their order stays. The soft limit on open files is low because fakeroot
 * closes every possible one.
 */
export const printing = (...argv: readonly string[]) => [
  "bash",
  "-c",
  'ulimit -Sn 1024; exec "$@" 2>&1',
  "--",
  ...argv,
];

/** pacman-key(8) signs a key by its fingerprint, which is field 10 in gpg's doc/DETAILS. */
const importKey = `pacman-key --add "$1"
pacman-key --lsign-key "$(gpg --batch --show-keys --with-colons "$1" | awk -F: '/^fpr:/ { print $10; exit }')"`;

export const keyCommand: Command = {
  user: "root",
  argv: printing("bash", "-euc", importKey, "--", keyPath),
};

/**
 * Answers yes where pacman asks whether a package that conflicts with a wanted one is to be removed, and nothing else:
 * `--noconfirm` answers no, and 4, ALPM_QUESTION_CONFLICT_PKG of alpm.h, turns that answer round.
 */
export const replacing = ["--noconfirm", "--ask", "4"];

export const refreshCommand: Command = {
  user: "root",
  argv: printing("pacman", "-Sy", "--noconfirm", "--noprogressbar"),
};

const keyring = "archlinux-keyring";

/**
 * Upgrades the keys of Arch's packagers where the image has older ones: packages that are signed by a newer key are
 * refused otherwise.
 */
export const keyringCommand: Command = {
  user: "root",
  argv: printing(
    ...["bash", "-c", `pacman -Qu ${keyring} &> /dev/null || exit 0; exec "$@"`, "--"],
    ...["pacman", "-S", "--noconfirm", "--noprogressbar", keyring],
  ),
};

const upgradeCommand: Command = {
  user: "root",
  argv: printing("pacman", "-Su", ...replacing, "--noprogressbar"),
};

export const systemCommands = [refreshCommand, keyringCommand, upgradeCommand];

export const prepareCommand: Command = {
  user: "root",
  argv: printing("bash", "-e", preparePath),
};

/** Prints those of the dependencies that nothing installed meets; its exit code is then 127. */
export const missingCommand = (dependencies: readonly string[]): Command => ({
  user: "root",
  argv: ["pacman", "-T", "--", ...dependencies],
});

/** Prints the name and the version of each package. */
export const listInstalledCommand: Command = { user: "build", argv: ["pacman", "-Q"] };

export const installCommand = (dependencies: readonly string[]): Command => ({
  user: "root",
  argv: printing(
    "pacman",
    ...["-S", "--needed", "--asdeps", ...replacing, "--noprogressbar", "--"],
    ...dependencies,
  ),
});

/** What `makepkg` is told of the build by its environment. What no .BUILDINFO records is always the same. */
export const environmentOf = (
  sourceDateEpoch: number,
  packager: string | undefined,
): Environment => ({
  LANG: "C.UTF-8",
  TZ: "UTC",
  SOURCE_DATE_EPOCH: String(sourceDateEpoch),
  ...(packager !== undefined && { PACKAGER: packager }),
});

/** Flags that ask for root, to change a container that is thrown away afterwards. */
const pointless: readonly MakepkgFlag[] = ["install", "rmdeps"];

/** Flags that matter to `makepkg --verifysource`. */
const ofSources: readonly MakepkgFlag[] = [
  "ignorearch",
  "holdver",
  "skipchecksums",
  "skipinteg",
  "skippgpcheck",
];

export const sourcesCommand = (
  flags: readonly MakepkgFlag[],
  environment: Environment,
): Command => ({
  user: "build",
  argv: printing(
    ...["makepkg", "--verifysource", "--noconfirm"],
    ...options(flags.filter((flag) => ofSources.includes(flag))),
  ),
  environment,
});

export const buildCommand = (flags: readonly MakepkgFlag[], environment: Environment): Command => ({
  user: "build",
  argv: printing(
    ...["makepkg", "--force", "--noconfirm", "--noprogressbar"],
    ...options(flags.filter((flag) => !pointless.includes(flag))),
  ),
  environment,
});

export const srcinfoCommand: Command = {
  user: "build",
  argv: ["makepkg", "--printsrcinfo"],
  environment: { LANG: "C.UTF-8" },
};

const options = (flags: readonly MakepkgFlag[]) => flags.map((flag) => `--${flag}`);
