import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { systemCommands } from "../../services/builder/steps.ts";
import { packageOf } from "../support/archive.ts";
import { pkgbuildOf, requestOf, startBuilder, type TestBuilder } from "../support/builder.ts";
import { engineEnvironment } from "../support/engine.ts";
import { runProgram } from "../support/program.ts";
import { startRunner } from "../support/runner-container.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = (environment: Readonly<Record<string, string>> = {}) =>
  startBuilder({ ...engineEnvironment(), ...environment });

test("/dev/shm is half of the build's memory", async () => {
  await using builder = await setup({ RUNNER_MEMORY: "512" });
  const body = "build() { df --block-size=1M --output=size /dev/shm; }";
  const source = await builder.source({ PKGBUILD: pkgbuildOf("shared", body) });
  const request = requestOf(source, "shared");

  const finished = await builder.build(request);

  expect(finished?.outcome.kind).toBe("built");
  expect(builder.outputOf(request)).toMatch(/\n *1M-blocks\n *256\n/);
}, 120_000);

type Made = { readonly name: string; readonly version: string; readonly lines?: string };

/** A pacman repository `name` of packages without files, which repo-add makes. */
const writeRepository = async (folder: string, name: string, made: readonly Made[]) => {
  const files = await Promise.all(
    made.map(async ({ name, version, lines = "" }) => {
      const file = `${name}-${version}-any.pkg.tar.gz`;
      const pkginfo = `pkgname = ${name}\npkgbase = ${name}\npkgver = ${version}\narch = any\n${lines}`;
      await writeFile(join(folder, file), await packageOf(pkginfo));
      return file;
    }),
  );
  await runProgram("repo-add", ["-q", `${name}.db.tar.gz`, ...files], { cwd: folder });
  return files;
};

const ownRepository = async (builder: TestBuilder, made: readonly Made[]) => {
  await using scratch = await makeScratch();
  const files = await writeRepository(scratch.path, "own", made);
  const put = async (filename: string) => ({
    filename,
    blob: await builder.blobs.put(await readFile(join(scratch.path, filename))),
  });
  const database = await put("own.db.tar.gz");
  return {
    name: "own",
    generation: 1,
    databases: [{ ...database, filename: "own.db" }],
    packages: await Promise.all(files.map(put)),
    publicKey: null,
  };
};

const provides = "provides = awk\nprovides = gawk=99\n";

test.each([
  ["conflicts with an installed package takes its place", `${provides}conflict = gawk\n`, "built"],
  ["conflicts, and does not provide what others need, is refused", "conflict = gawk\n", "failed"],
])(
  "a build dependency that %s",
  async (_, lines, kind) => {
    await using builder = await setup();
    const repository = await ownRepository(builder, [{ name: "kb-awk", version: "1-1", lines }]);
    const body = "makedepends=(kb-awk)\nbuild() { pacman -Qq kb-awk gawk || true; }";
    const source = await builder.source({ PKGBUILD: pkgbuildOf("app", body) });
    const request = requestOf(source, "app", { repository, dependencies: ["kb-awk"] });

    const finished = await builder.build(request);

    const output = builder.outputOf(request);
    expect(finished?.outcome.kind, output).toBe(kind);
    expect(output).toMatch(
      kind === "built"
        ? /\nremoving gawk\.\.\.\ninstalling kb-awk\.\.\.\n/
        : /kb-awk.*gawk|gawk.*kb-awk/,
    );
  },
  120_000,
);

test("where the image's keyring is older than the mirror's, that is upgraded before anything else", async () => {
  await using scratch = await makeScratch();
  const keyring = { name: "archlinux-keyring", version: "99999999-1" };
  await writeRepository(scratch.path, "later", [keyring, { name: "acl", version: "99-1" }]);
  await using runner = await startRunner(inject("dockerUrl"), inject("runnerImage"));
  await runner.copyIn(scratch.path, "/build/later");
  const section = "[later]\nSigLevel = Never\nServer = file:///build/later\n";
  await runner.write("root", "/etc/pacman.d/kiln.conf", section);
  const configuration = (await runner.exec("root", ["cat", "/etc/pacman.conf"])).stdout;
  const first = configuration
    .replace(/\nInclude = .*kiln\.conf/, "")
    .replace("\n[core]", `\n${section}\n[core]`);
  await runner.write("root", "/etc/pacman.conf", first);

  for (const { argv } of systemCommands) {
    const { exitCode, output } = await runner.exec("root", [...argv]);
    expect(exitCode, output).toBe(0);
  }

  const log = (await runner.exec("root", ["cat", "/var/log/pacman.log"])).stdout;
  expect(
    log.match(/(?<=transaction started\n)[\s\S]*?upgraded \S+/g)?.map((it) => it.split(" ").at(-1)),
  ).toEqual(["archlinux-keyring", "acl"]);
}, 120_000);
