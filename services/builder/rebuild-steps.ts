import type { Command } from "./docker/engine.ts";
import { printing, replacing } from "./steps.ts";

/** Where the packages are gathered that are to be installed: nothing else is in it. */
export const gatheredPath = "/build/installed";

export const makepkgConfPath = "/home/build/.makepkg.conf";

/** Makes directories for the user `build`; those that are there stay as they are. */
export const directoriesCommand = (...directories: readonly string[]): Command => ({
  user: "root",
  argv: printing(
    ...["bash", "-euc", 'for it; do [[ -d $it ]] || install -d -o build -g build -- "$it"; done'],
    ...["--", ...directories],
  ),
});

/** Asked as makepkg asks it for .BUILDINFO. */
export const installedCommand: Command = {
  user: "root",
  argv: ["pacman", "-Qi"],
  environment: { LC_ALL: "C" },
};

export const listCommand: Command = {
  user: "root",
  argv: ["pacman", "-Sl"],
  environment: { LC_ALL: "C" },
};

/** Prints the exit code of curl and the URL for each, 0 where there is a file. Source: curl(1), --write-out. */
export const probeCommand = (urls: readonly string[]): Command => ({
  user: "root",
  argv: [
    ...["curl", "--head", "--fail", "--location", "--silent", "--parallel", "--parallel-max", "8"],
    ...["--retry", "2", "--connect-timeout", "20", "--write-out", "%{exitcode} %{url}\\n"],
    ...urls.flatMap((url) => ["--output", "/dev/null", "--url", url]),
  ],
});

const downloading = [
  ...["--downloadonly", "--nodeps", "--nodeps", "--noconfirm", "--noprogressbar"],
  ...["--cachedir", gatheredPath, "--"],
];

/** Signatures are checked as the repository of each asks for it. */
export const fetchCommand = (targets: readonly string[]): Command => ({
  user: "root",
  argv: printing("pacman", "-S", ...downloading, ...targets),
});

/** Signatures are checked as pacman.conf(5) asks for it in SigLevel and RemoteFileSigLevel. */
export const fetchUrlsCommand = (urls: readonly string[]): Command => ({
  user: "root",
  argv: printing("pacman", "-U", ...downloading, ...urls),
});

/**
 * Installs all that was gathered in one transaction, so that downgrades need no order. Of a package that
 * conflicts with one that is there, the latter goes. A file of a package that is about to go is no obstacle.
 */
export const installGatheredCommand: Command = {
  user: "root",
  argv: printing(
    "bash",
    "-euc",
    `shopt -s extglob
exec pacman -U --nodeps --nodeps ${replacing.join(" ")} --overwrite '*' --noprogressbar -- "$1"/*.pkg.tar!(*.sig)`,
    ...["--", gatheredPath],
  ),
};

/**
 * Forgets packages, and then removes those of their files that no other package has: pacman would remove a
 * file along with the first of two that have it.
 */
export const removeCommand = (pkgnames: readonly string[]): Command => ({
  user: "root",
  argv: printing(
    "bash",
    "-euc",
    `theirs=$(pacman -Qlq -- "$@" | LC_ALL=C sort -u)
pacman -R --dbonly --nodeps --nodeps --noconfirm -- "$@"
LC_ALL=C comm -23 <(printf '%s\\n' "$theirs") <(pacman -Qlq | LC_ALL=C sort -u) | tac | while IFS= read -r file; do
  if [[ $file != */ ]]; then rm -f -- "$file"
  elif [[ ! -L \${file%/} ]]; then rmdir --ignore-fail-on-non-empty -- "$file" || true
  fi
done`,
    ...["--", ...pkgnames],
  ),
});
