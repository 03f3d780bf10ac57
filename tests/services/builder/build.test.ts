import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { buildFinished, buildOutput, buildStarted } from "#shared/messages/build.ts";
import { giveUp } from "../../../services/builder/build.ts";
import { openWith } from "../../../services/builder/context.ts";
import { pkgbuildOf, requestOf, startBuilder } from "../../support/builder.ts";
import { fakeEngine } from "../../support/fake-containers.ts";

const srcinfo = "pkgbase = app\n";

const setup = async (
  fakes: Parameters<typeof fakeEngine>[0] = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  const fake = fakeEngine({
    packages: [["app-1-1-any.pkg.tar.zst", "content"]],
    ...fakes,
    behaviour: (command) => {
      const given = fakes.behaviour?.(command);
      if (given) return given;
      return command === "makepkg --printsrcinfo" ? { stdout: srcinfo } : undefined;
    },
  });
  const builder = await startBuilder(environment, { open: (base) => openWith(fake.engine, base) });
  const pkgbuild = pkgbuildOf("app");
  const source = await builder.source({ PKGBUILD: pkgbuild, "deep/file": "x" });
  return {
    ...fake,
    builder,
    pkgbuild,
    source,
    request: requestOf(source, "app"),
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
};

test("a build goes through its steps, each as its own user, and says what came of it", async () => {
  await using it = await setup();
  const blob = (text: string) => it.builder.blobs.put(new TextEncoder().encode(text));

  const finished = await it.builder.build(it.request);

  expect(it.ran.filter(([, command]) => !command.includes("/sys/fs/cgroup"))).toEqual([
    ["root", "pacman -Syu --noconfirm --noprogressbar"],
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
  expect(finished?.outputs).toBe(it.builder.bus.sent(buildOutput).length);
  expect(await it.builder.logOf(it.request.build)).toBe(it.builder.outputOf(it.request));
  expect(it.open()).toBe(0);
});

test("its container has the limits that are set, and names the build", async () => {
  await using it = await setup({}, { RUNNER_MEMORY: "512", RUNNER_CPUS: "2", RUNNER_PIDS: "100" });

  await it.builder.build(it.request);

  expect(it.specs).toEqual([
    {
      image: "kiln-runner:0.1.0",
      labels: {
        "kiln.builder": expect.any(String),
        "kiln.build": it.request.build,
        "kiln.pkgbase": "app",
      },
      memory: 512 * 1024 ** 2,
      cpus: 2,
      processes: 100,
      network: true,
      lifetime: 15_000_000,
    },
  ]);
});

test("prepare commands, dependencies and kiln's own repository have steps of their own", async () => {
  await using it = await setup({
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
    packages: [file],
    publicKey: "KEY",
  };

  await it.builder.build({
    ...it.request,
    ...{ prepare: "echo 'hi'", dependencies: ["bash", "lib>=2"], repository },
  });

  expect(it.ran.map(([, command]) => command.split("\n")[0]).slice(0, 5)).toEqual([
    expect.stringContaining("pacman-key --add"),
    "pacman -Syu --noconfirm --noprogressbar",
    "bash -e /root/prepare.sh",
    "pacman -T -- bash lib>=2",
    "pacman -S --needed --asdeps --noconfirm --noprogressbar -- lib>=2",
  ]);
  expect(it.files.get("root/prepare.sh")).toBe("echo 'hi'");
  expect(it.files.get("root/kiln.asc")).toBe("KEY");
  expect(it.files.get("etc/pacman.d/kiln.conf")).toContain("[own]\n");
  expect(it.files.has("build/repository/lib-2-1-any.pkg.tar.zst")).toBe(true);
});

test("with a URL for it, nothing of kiln's own repository is put into the container", async () => {
  const url = "http://kiln:8080/x86_64";
  await using it = await setup({}, { OWN_REPOSITORY_URL: url });
  const file = { filename: "lib-2-1-any.pkg.tar.zst", blob: it.source };
  const repository = {
    name: "own",
    generation: 3,
    databases: [file],
    packages: [file],
    publicKey: null,
  };

  await it.builder.build({ ...it.request, repository });

  expect(it.files.get("etc/pacman.d/kiln.conf")).toContain(`SigLevel = Never\nServer = ${url}\n`);
  expect([...it.files.keys()].filter((name) => name.startsWith("build/repository"))).toEqual([]);
});

const exited = (code: number) => ({ exit: { kind: "exited", code } }) as const;
const gone = { exit: { kind: "gone" } } as const;

test.each([
  ["makepkg --force", exited(4), { kind: "failed", step: "build", exitCode: 4 }],
  ["makepkg --verifysource", exited(1), { kind: "failed", step: "sources", exitCode: 1 }],
  ["makepkg --printsrcinfo", exited(1), { kind: "failed", step: "packages", exitCode: 1 }],
  ["pacman -Syu", exited(1), { kind: "failed", step: "system", exitCode: 1 }],
  [
    "pacman -Syu",
    gone,
    { kind: "broken", step: "system", message: expect.stringMatching(/killed/) },
  ],
  [
    "makepkg --printsrcinfo",
    gone,
    { kind: "broken", step: "packages", message: expect.stringMatching(/killed/) },
  ],
])("where %s ends with %j, nothing follows it", async (command, ended, outcome) => {
  await using it = await setup({
    behaviour: (words) => (words.startsWith(command) ? ended : undefined),
  });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual(outcome);
  expect(it.open()).toBe(0);
});

test("a build that leaves no package is broken, as it says", async () => {
  await using it = await setup({ packages: [["readme", "x"]] });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toMatchObject({ kind: "broken", step: "packages" });
});

test("what the engine refuses is an outcome in its words", async () => {
  const message = "the container engine refused the start of a container: no space";
  await using it = await setup({
    start: async () => {
      throw new Fault("conflict", message);
    },
  });

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "broken", step: "container", message });
});

test.each([
  ["an engine that is away", new Fault("unavailable", "away")],
  ["a bug", new TypeError("bug")],
])("%s gives the build back", async (_what, error) => {
  await using it = await setup({
    behaviour: (command) =>
      command.startsWith("makepkg --force") ? Promise.reject(error) : undefined,
  });

  await expect(it.builder.build(it.request)).rejects.toBe(error);

  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
  expect(it.open()).toBe(0);
});

test("a build over its time ends with its step", async () => {
  await using it = await setup(
    {
      behaviour: (command) =>
        command.startsWith("pacman -Syu") ? new Promise(() => {}) : undefined,
    },
    { BUILD_TIMEOUT: "1" },
  );

  const finished = await it.builder.build(it.request);

  expect(finished?.outcome).toEqual({ kind: "timed-out", step: "system", afterMs: 1_000 });
  expect(it.open()).toBe(0);
});

test("a stop gives the build back with its container removed", async () => {
  await using it = await setup({
    behaviour: (command) => (command.startsWith("pacman -Syu") ? new Promise(() => {}) : undefined),
  });
  const given = expect(it.builder.build(it.request)).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(it.open()).toBe(1));

  await it.builder.running[Symbol.asyncDispose]();

  await given;
  expect(it.open()).toBe(0);
  expect(it.builder.bus.sent(buildFinished)).toEqual([]);
});

test("a build given up is said to be broken", async () => {
  await using it = await setup();
  const context = { ...it.builder, publish: it.builder.bus.publish };

  // Safe: it uses the clock and the bus alone.
  await giveUp(
    context as unknown as Parameters<typeof giveUp>[0],
    it.request,
    new TypeError("bug"),
  );

  expect(it.builder.finishOf(it.request.build)?.outcome).toEqual({
    kind: "broken",
    step: "container",
    message: "the builder gave the build up: bug",
  });
});
