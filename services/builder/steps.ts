import type { Step } from "#shared/messages/build.ts";
import type { RebuildStep } from "#shared/messages/rebuild.ts";
import type { MakepkgFlag } from "#shared/model.ts";
import type { Command } from "./docker/engine.ts";
import { keyPath } from "./own-repository.ts";

export type Environment = Readonly<Record<string, string>>;

/** Where the package's prepare commands lie. */
export const preparePath = "/root/prepare.sh";

export const headings: Record<Step | RebuildStep, string> = {
  container: "preparing the container",
  system: "updating the system",
  prepare: "running the package's prepare commands",
  dependencies: "installing dependencies",
  installed: "installing exactly what was recorded",
  sources: "fetching and checking sources",
  build: "building",
  packages: "collecting packages",
};

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

export const systemCommand: Command = {
  user: "root",
  argv: printing("pacman", "-Syu", "--noconfirm", "--noprogressbar"),
};

export const prepareCommand: Command = {
  user: "root",
  argv: printing("bash", "-e", preparePath),
};

/** Prints those of the dependencies that nothing installed meets; its exit code is then 127. */
export const missingCommand = (dependencies: readonly string[]): Command => ({
  user: "root",
  argv: ["pacman", "-T", "--", ...dependencies],
});

export const installCommand = (dependencies: readonly string[]): Command => ({
  user: "root",
  argv: printing(
    "pacman",
    ...["-S", "--needed", "--asdeps", "--noconfirm", "--noprogressbar", "--"],
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
