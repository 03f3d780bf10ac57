import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import pc from "picocolors";
import { expect, test } from "vitest";
import { formatChanges } from "../../cli/format-recipe.ts";
import { compareRecipes } from "../../services/api/recipe/compare-recipes.ts";
import { makeScratch } from "../support/scratch.ts";

type Files = Readonly<Record<string, string>>;

const recipeOf = (files: Files) =>
  new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      { mode: "100644", content: Buffer.from(text) } as const,
    ]),
  );

const numbers = Array.from({ length: 40 }, (_, at) => `line ${at}\n`).join("");

test.each<[what: string, before: Files, after: Files]>([
  ["a line", { PKGBUILD: numbers }, { PKGBUILD: numbers.replace("line 20\n", "other\n") }],
  ["several places", { a: numbers }, { a: numbers.replace("line 1\n", "").replace("39", "x") }],
  ["a first and a last line", { a: "1\n2\n3\n" }, { a: "0\n1\n2\n3\n4\n" }],
  ["a last line without an end", { a: "1\n2" }, { a: "1\n2\n" }],
  ["a last line that loses its end", { a: "1\n2\n" }, { a: "1\n3" }],
  ["a file that comes", { a: "1\n" }, { a: "1\n", "keys/pgp/A.asc": "key\n" }],
  ["a file that goes", { a: "1\n", b: "2\n" }, { a: "1\n" }],
  ["a file that becomes empty", { a: "1\n" }, { a: "" }],
  ["a file that was empty", { a: "" }, { a: "1\n" }],
  ["all of it", { a: "1\n2\n" }, { a: "3\n4\n" }],
])("git applies what kiln diff shows of %s", async (_, before, after) => {
  await using scratch = await makeScratch();
  for (const [path, text] of Object.entries(before)) {
    await mkdir(dirname(join(scratch.path, path)), { recursive: true });
    await writeFile(join(scratch.path, path), text);
  }
  const changes = compareRecipes(recipeOf(before), recipeOf(after));
  const patch = formatChanges(changes, pc.createColors(false), (line) => line);

  await execa("git", ["apply", "--whitespace=nowarn", "-"], { cwd: scratch.path, input: patch });

  for (const [path, text] of Object.entries(after))
    expect(await readFile(join(scratch.path, path), "utf8"), path).toBe(text);
  for (const path of Object.keys(before).filter((path) => after[path] === undefined))
    await expect(readFile(join(scratch.path, path)), path).rejects.toThrow("ENOENT");
});
