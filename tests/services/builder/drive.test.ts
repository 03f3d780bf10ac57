import { expect, test } from "vitest";
import { buildStarted } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { listOwnPackages } from "#shared/own-packages.ts";
import { systemCommands } from "../../../services/builder/steps.ts";
import { srcinfo, startFakeBuilder } from "../../support/fake-builder.ts";
import { wordsOf } from "../../support/fake-containers.ts";

const updating = systemCommands.map(wordsOf);

test("a build goes through its steps, each as its own user, and says what came of it", async () => {
  await using it = await startFakeBuilder();
  const blob = (text: string) => it.builder.blobs.put(new TextEncoder().encode(text));

  const finished = await it.builder.build(it.request);

  expect(it.ran.filter(([, command]) => !command.includes("/sys/fs/cgroup"))).toEqual([
    ...updating.map((words) => ["root", words]),
    ["build", "pacman -Q"],
    ["build", expect.stringContaining("gpg --batch --import")],
    ["build", "makepkg --verifysource --noconfirm"],
    ["build", "makepkg --force --noconfirm --noprogressbar"],
    ["build", "makepkg --printsrcinfo"],
  ]);
  expect(it.files).toEqual(
    new Map([
      ["build/source/PKGBUILD", it.pkgbuild],
      ["build/source/deep/file", "x"],
    ]),
  );
  expect(finished?.outcome).toEqual({
    kind: "built",
    artifacts: [{ filename: "app-1-1-any.pkg.tar.zst", blob: await blob("content") }],
    srcinfo: await blob(srcinfo),
    pkgbuild: await blob(it.pkgbuild),
  });
  expect(it.builder.bus.sent(buildStarted)).toHaveLength(1);
  expect(finished).toMatchObject({
    builder: it.builder.bus.sent(buildStarted)[0]?.builder,
    lines: it.builder.outputOf(it.request).split("\n").length - 1,
    excerpt: null,
  });
  expect(await it.builder.textOf(finished?.installed)).toBe("bash 5.3-1\n");
  expect(JSON.parse(await it.builder.textOf(finished?.clock))).toEqual([[2, expect.any(Number)]]);
  expect(finished?.outputs).toBe(it.builder.bus.sent(buildOutput).length);
  expect(await it.builder.logOf(it.request.build)).toBe(it.builder.outputOf(it.request));
  expect(it.open()).toBe(0);
});

test.each([18_691, 300 * 1024])("a package whose PKGBUILD has %i bytes is built", async (bytes) => {
  await using it = await startFakeBuilder();
  const pkgbuild = it.pkgbuild.padEnd(bytes, "#");
  const source = await it.builder.source({ PKGBUILD: pkgbuild, after: "x" });

  const finished = await it.builder.build({ ...it.request, source });

  expect(it.files.get("build/source/PKGBUILD")).toBe(pkgbuild);
  expect(finished?.outcome).toMatchObject({
    kind: "built",
    pkgbuild: await it.builder.blobs.put(new TextEncoder().encode(pkgbuild)),
  });
});

test("a package whose .SRCINFO is given has none printed", async () => {
  await using it = await startFakeBuilder();

  const finished = await it.builder.build({ ...it.request, srcinfo: it.source });

  expect(finished?.outcome).toMatchObject({ kind: "built", srcinfo: it.source });
  expect(it.ran.map(([, command]) => command)).not.toContain("makepkg --printsrcinfo");
});

test("a package without sources has none fetched", async () => {
  await using it = await startFakeBuilder();

  const finished = await it.builder.build({ ...it.request, hasSources: false });

  expect(finished?.outcome.kind).toBe("built");
  expect(it.ran.map(([, command]) => command)).not.toContainEqual(
    expect.stringContaining("--verifysource"),
  );
});

test("prepare commands, dependencies and kiln's own repository have steps of their own", async () => {
  await using it = await startFakeBuilder({
    behaviour: (command) =>
      command.startsWith("pacman -T")
        ? { stdout: "lib>=2\n", exit: { kind: "exited", code: 127 } }
        : undefined,
  });
  const file = { filename: "lib-2-1-any.pkg.tar.zst", blob: it.source };
  const repository = {
    name: "own",
    generation: 3,
    databases: [],
    packages: [],
    list: await listOwnPackages(it.builder.blobs, [file]),
    publicKey: "KEY",
  };

  await it.builder.build({
    ...it.request,
    ...{ prepare: "echo 'hi'", dependencies: ["bash", "lib>=2"], repository },
  });

  expect(it.ran.map(([, command]) => command.split("\n")[0]).slice(0, 7)).toEqual([
    expect.stringContaining("pacman-key --add"),
    ...updating,
    "bash -e /root/prepare.sh",
    "pacman -T -- bash lib>=2",
    "pacman -S --needed --asdeps --noconfirm --ask 4 --noprogressbar -- lib>=2",
  ]);
  expect(it.files.get("root/prepare.sh")).toBe("echo 'hi'");
  expect(it.files.get("root/kiln.asc")).toBe("KEY");
  expect(it.files.get("etc/pacman.d/kiln.conf")).toContain("[own]\n");
  expect(it.files.has("build/repository/lib-2-1-any.pkg.tar.zst")).toBe(true);
});

test("with a URL for it, nothing of kiln's own repository is put into the container", async () => {
  const url = "http://kiln:8080/x86_64";
  await using it = await startFakeBuilder({}, { OWN_REPOSITORY_URL: url });
  const file = { filename: "lib-2-1-any.pkg.tar.zst", blob: it.source };
  const repository = {
    name: "own",
    generation: 3,
    databases: [file],
    packages: [file],
    list: null,
    publicKey: null,
  };

  await it.builder.build({ ...it.request, repository });

  expect(it.files.get("etc/pacman.d/kiln.conf")).toContain(`SigLevel = Never\nServer = ${url}\n`);
  expect([...it.files.keys()].filter((name) => name.startsWith("build/repository"))).toEqual([]);
});

test("where no dependency is kiln's own, pacman is not told of kiln's repository", async () => {
  await using it = await startFakeBuilder();
  const file = { filename: "own.db", blob: it.source };
  const terms = {
    name: "own",
    generation: 3,
    databases: [file],
    packages: [],
    list: null,
    publicKey: "KEY",
  };

  await it.builder.build({ ...it.request, repository: terms });

  expect(it.ran[0]?.[1]).toBe(updating[0]);
  expect([...it.files.keys()].filter((name) => !name.startsWith("build/source"))).toEqual([]);
});

const exited = (code: number) => ({ exit: { kind: "exited", code } }) as const;
const gone = { exit: { kind: "gone" } } as const;

test.each([
  ["makepkg --force", exited(4), { kind: "failed", step: "build", exitCode: 4 }],
  ["makepkg --verifysource", exited(1), { kind: "failed", step: "sources", exitCode: 1 }],
  ["makepkg --printsrcinfo", exited(1), { kind: "failed", step: "packages", exitCode: 1 }],
  ["pacman -Su", exited(1), { kind: "failed", step: "system", exitCode: 1 }],
  [
    "pacman -Su",
    gone,
    { kind: "broken", step: "system", message: expect.stringMatching(/killed/) },
  ],
  [
    "makepkg --printsrcinfo",
    gone,
    { kind: "broken", step: "packages", message: expect.stringMatching(/killed/) },
  ],
])("where %s ends with %j, nothing follows it", async (command, ended, outcome) => {
  await using it = await startFakeBuilder({
    behaviour: (words) => (words.startsWith(command) ? ended : undefined),
  });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual(outcome);
  expect(it.open()).toBe(0);
});

test("a build that leaves no package is broken, as it says", async () => {
  await using it = await startFakeBuilder({ packages: [["readme", "x"]] });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toMatchObject({ kind: "broken", step: "packages" });
});

test("a build that fails has the lines that say why, its steps and what was installed", async () => {
  const printed =
    "cc -c a.c\n\u001b[1ma.c:1:9: \u001b[31mfatal error: \u001b[0mx.h: No such file or directory\r\n==> ERROR: A failure occurred in build().\n    Aborting...\n";
  await using it = await startFakeBuilder({
    behaviour: (words) =>
      words.startsWith("makepkg --force") ? { stdout: printed, ...exited(4) } : undefined,
  });

  const finished = await it.builder.build(it.request);

  const log = await it.builder.logOf(it.request.build);
  const lines = log.split("\n");
  expect(finished?.steps.at(-1)).toMatchObject({ step: "build", exitCode: 4 });
  expect(finished?.excerpt).toEqual({
    line: lines.findIndex((line) => line.includes("fatal error")) + 1,
    lines: [
      "a.c:1:9: fatal error: x.h: No such file or directory",
      "==> ERROR: A failure occurred in build().",
    ],
  });
  expect(await it.builder.textOf(finished?.installed)).toBe("bash 5.3-1\n");
  expect(log).toMatch(
    /:: kiln :: building failed with exit code 4: a\.c:1:9: fatal error: x\.h: No such file or directory\n\n$/,
  );
});

test("a build that fails before its dependencies are there has no set of what was installed", async () => {
  await using it = await startFakeBuilder({
    behaviour: (words) => (words === updating.at(-1) ? exited(1) : undefined),
  });

  const finished = await it.builder.build(it.request);

  expect(finished).toMatchObject({ installed: null, excerpt: null });
  expect(finished?.steps.map(({ step, exitCode }) => [step, exitCode])).toEqual([
    ["container", 0],
    ["system", 1],
  ]);
});
