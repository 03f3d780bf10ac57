import { expect, inject, test } from "vitest";
import type { Command } from "../../services/builder/docker/engine.ts";
import { readInstalled } from "../../services/builder/installed-set.ts";
import {
  gatheredPath,
  installedCommand,
  installGatheredCommand,
  removeCommand,
} from "../../services/builder/rebuild-steps.ts";
import { startRunner } from "../support/runner-container.ts";

/** Makes package files in a directory: `name`, fields of .PKGINFO, and the files that it holds. */
const making = `make() {
  local directory=$1 name=$2 field=$3 work=$(mktemp -d)
  shift 3
  printf '%s\\n' "pkgname = $name" "pkgbase = $name" "pkgver = 1-1" "arch = any" "builddate = 1" "size = 0" "$field" > "$work/.PKGINFO"
  for file; do install -D <(echo "$name") "$work/$file"; done
  bsdtar -C "$work" -cJf "$directory/$name-1-1-any.pkg.tar.xz" .PKGINFO \${1:+usr}
}
`;

test("a package that is too much goes with its files, but not with those of another", async () => {
  await using runner = await startRunner(inject("dockerUrl"), inject("runnerImage"));
  const script = (text: string) => runner.exec("root", ["bash", "-euc", text]);
  const run = ({ user, argv }: Command) => runner.exec(user, [...argv]);
  await script(`${making}
mkdir /tmp/present ${gatheredPath}
make /tmp/present surplus "depend = nothing" usr/share/both usr/share/surplus/file
make /tmp/present conflicting "url = x" usr/share/conflicting
make ${gatheredPath} wanted "conflict = conflicting" usr/share/both usr/share/wanted
pacman -Udd --noconfirm /tmp/present/*`);

  const installed = await run(installGatheredCommand);
  const removed = await run(removeCommand(["surplus"]));

  expect([installed.exitCode, removed.exitCode], installed.output + removed.output).toEqual([0, 0]);
  const { stdout } = await run(installedCommand);
  const names = ["surplus", "conflicting", "wanted"];
  expect(readInstalled(stdout).filter((it) => names.some((name) => it.startsWith(name)))).toEqual([
    "wanted-1-1-any",
  ]);
  const left = await script(
    "cd /usr/share; ls -d surplus conflicting wanted both || true; cat both",
  );
  expect(left.output.split("\n").filter((line) => !line.startsWith("ls:"))).toEqual([
    ...["both", "wanted", "wanted"],
  ]);
}, 300_000);
