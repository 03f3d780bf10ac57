import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import {
  type Distribution,
  installCommands,
  packagesFor,
  parseDistribution,
} from "../../../cli/setup/distribution.ts";

const bookworm: Distribution = { name: "Debian 12", manager: "apt", dockerApart: false };
const arch: Distribution = { name: "Arch Linux", manager: "pacman", dockerApart: false };

test.each<[string, string, Distribution]>([
  [
    "Debian 12",
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
    { name: "Debian GNU/Linux 12 (bookworm)", manager: "apt", dockerApart: false },
  ],
  [
    "Debian 13, whose docker command has a package of its own",
    "PRETTY_NAME='Debian 13'\nVERSION_ID='13'\nID=debian\n",
    { name: "Debian 13", manager: "apt", dockerApart: true },
  ],
  [
    "Debian testing, which has no number",
    "PRETTY_NAME=forky\nID=debian\n",
    { name: "forky", manager: "apt", dockerApart: true },
  ],
  [
    "Ubuntu, by what it is like",
    'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"',
    { name: "Ubuntu 24.04", manager: "apt", dockerApart: false },
  ],
  [
    "Arch",
    'PRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n',
    { name: "Arch Linux", manager: "pacman", dockerApart: false },
  ],
  [
    "a child of Arch",
    'PRETTY_NAME="EndeavourOS"\nID="endeavouros"\nID_LIKE="arch"\n',
    { name: "EndeavourOS", manager: "pacman", dockerApart: false },
  ],
])("os-release of %s names its package manager", (_, osRelease, expected) => {
  expect(parseDistribution(osRelease)).toEqual(expected);
});

test("another distribution is refused by its name", () => {
  expect(() => parseDistribution('ID=fedora\nPRETTY_NAME="Fedora 43"\n')).toThrow(
    new Fault("unavailable", "Fedora 43 is neither of Debian's nor of Arch's family"),
  );
});

test("programs of one package ask for it once", () => {
  const packages = packagesFor(["vercmp", "makepkg", "repo-add", "pacman", "bsdtar"], bookworm);

  expect(packages).toEqual(["libarchive-tools", "makepkg", "pacman-package-manager"]);
});

test.each([
  [bookworm, ["docker.io"]],
  [{ ...bookworm, dockerApart: true }, ["docker-cli", "docker.io"]],
  [arch, ["docker"]],
])("the docker engine with its command, on %o", (distribution, expected) => {
  expect(packagesFor(["dockerd", "docker"], distribution)).toEqual(expected);
});

test("a program without a package is refused by name", () => {
  expect(() => packagesFor(["mmdebstrap"], arch)).toThrow(
    "Arch Linux has no package with mmdebstrap",
  );
});

test.each([
  [
    "apt" as const,
    [
      ["apt-get", "update"],
      ["apt-get", "install", "-y", "--no-install-recommends", "git", "zstd"],
    ],
  ],
  ["pacman" as const, [["pacman", "-S", "--needed", "--noconfirm", "git", "zstd"]]],
])("%s installs without asking", (manager, expected) => {
  expect(installCommands(["git", "zstd"], manager)).toEqual(expected);
});
