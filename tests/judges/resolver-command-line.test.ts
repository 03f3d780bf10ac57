import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kilnVersion } from "#shared/version.ts";
import { readCommandLine } from "../../services/resolver/command-line.ts";
import { runProgram } from "../support/program.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = async () => {
  const directory = await makeScratch();
  const { files, revision } = await readCommandLine();
  for (const { path, content } of files) await writeFile(join(directory.path, path), content);
  const run = (program: string, ...args: string[]) =>
    runProgram(program, args, { cwd: directory.path });
  return { files, revision, run, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
};

test("the same tree is the same source", async () => {
  await using it = await setup();

  expect(await readCommandLine()).toEqual({ files: it.files, revision: it.revision });
});

test("bash reads from the PKGBUILD what the files are", async () => {
  await using it = await setup();
  const read = await it.run("bash", "-c", "source PKGBUILD; declare -p pkgver source sha256sums");

  const [script, license] =
    (await it.run("sha256sum", "kiln.mjs", "LICENSE")).match(/^\w+/gm) ?? [];
  expect(read.trimEnd().split("\n")).toEqual([
    `declare -- pkgver="${kilnVersion}"`,
    'declare -a source=([0]="kiln.mjs" [1]="LICENSE")',
    `declare -a sha256sums=([0]="${script}" [1]="${license}")`,
  ]);
});

test("one file is the whole command line, for Node", async () => {
  await using it = await setup();

  expect(await it.run("node", "kiln.mjs", "--version")).toBe(`${kilnVersion}\n`);
  await expect(it.run("node", "kiln.mjs", "start")).rejects.toThrow("npm start");
});

test("it is added as any package, and is not read again until the tree changes", async () => {
  await using it = await startResolver();
  it.builder.srcinfo = recipe({ pkgbase: "kiln-cli", version: "1-1" }).srcinfo;

  const packages = await it.adopt({ type: "cli" });
  const before = await it.sourceOf("kiln-cli");
  await it.publish("kiln-cli");
  it.builder.srcinfo = "";
  const plan = await it.plan(["kiln-cli"]);

  expect(packages).toEqual([
    {
      pkgbase: "kiln-cli",
      spec: { type: "cli" },
      specHash: before.specHash,
      source: before.id,
      devel: false,
      dependency: false,
    },
  ]);
  expect(before.state).toBe(`1-1 ${before.revision}`);
  expect(plan.map(({ current, problem }) => ({ current, problem }))).toEqual([
    { current: true, problem: null },
  ]);
});
