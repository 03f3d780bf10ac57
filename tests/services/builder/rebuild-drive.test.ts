import { expect, test } from "vitest";
import { systemCommands } from "../../../services/builder/steps.ts";
import { startFakeRebuilder } from "../../support/fake-builder.ts";
import { wordsOf } from "../../support/fake-containers.ts";

test("a rebuild goes through a build's steps, but for what is installed", async () => {
  await using it = await startFakeRebuilder();
  const blob = await it.builder.blobs.put(new TextEncoder().encode("content"));

  const finished = await it.builder.rebuild(it.rebuild);

  expect(it.ran.map(([user, command]) => [user, command.split("\n")[0]])).toEqual([
    ["root", expect.stringMatching(/install -d.* -- \/build\/source \/build\/work$/)],
    ...Array.from({ length: 3 }, () => ["root", "pacman -Qi"]),
    ["build", expect.stringMatching(/^bash -c shopt -s nullglob/)],
    ["build", "makepkg --verifysource --noconfirm"],
    ["build", "makepkg --force --noconfirm --noprogressbar"],
  ]);
  expect(it.files).toEqual(
    new Map([
      ["build/source/PKGBUILD", it.pkgbuild],
      ["build/source/deep/file", "x"],
      ["home/build/.makepkg.conf", "BUILDENV=(!color)\nOPTIONS=(strip)\n"],
      ["build/installed", ""],
    ]),
  );
  expect(finished?.outcome).toEqual({
    kind: "rebuilt",
    artifacts: [{ filename: "app-1-1-any.pkg.tar.zst", blob }],
  });
});

test("prepare commands run on a current system, before it is made what it was", async () => {
  await using it = await startFakeRebuilder();

  await it.builder.rebuild({ ...it.rebuild, prepare: "echo hi", hasSources: false });

  expect(it.ran.map(([, command]) => command.split("\n")[0]).slice(1)).toEqual([
    ...systemCommands.map(wordsOf),
    "bash -e /root/prepare.sh",
    ...["pacman -Qi", "pacman -Qi", "pacman -Qi"],
    "makepkg --force --noconfirm --noprogressbar",
  ]);
  expect(it.files.get("root/prepare.sh")).toBe("echo hi");
});

test("a record that nobody can build by is broken, and says what is wrong with it", async () => {
  await using it = await startFakeRebuilder();
  const buildinfo = await it.builder.blobs.put(new TextEncoder().encode("format = later\n"));

  const finished = await it.builder.rebuild({ ...it.rebuild, buildinfo });

  expect(finished?.outcome).toEqual({
    kind: "broken",
    step: "container",
    message: 'format in .BUILDINFO: "later" is not a count',
  });
});

test.each([
  ["makepkg --force", "build"],
  ["makepkg --verifysource", "sources"],
] as const)("where %s fails, so does the rebuild", async (command, step) => {
  await using it = await startFakeRebuilder({
    behaviour: (words) =>
      words.startsWith(command) ? { exit: { kind: "exited", code: 4 } } : undefined,
  });

  const finished = await it.builder.rebuild(it.rebuild);

  expect(finished?.outcome).toEqual({ kind: "failed", step, exitCode: 4 });
});

test("a container that is killed while packages are looked at is broken", async () => {
  await using it = await startFakeRebuilder({
    behaviour: (words) => (words === "pacman -Qi" ? { exit: { kind: "gone" } } : undefined),
  });

  const finished = await it.builder.rebuild(it.rebuild);

  expect(finished?.outcome).toMatchObject({
    kind: "broken",
    step: "installed",
    message: expect.stringContaining("killed"),
  });
});
