import { expect, test } from "vitest";
import { compareRecipes } from "../../../../services/api/recipe/compare-recipes.ts";
import type { RecipeFile } from "../../../../services/api/recipe/read-snapshot.ts";

const recipeOf = (
  files: Readonly<Record<string, string | Uint8Array>>,
  mode: RecipeFile["mode"] = "100644",
) =>
  new Map(
    Object.entries(files).map(([path, content]): [string, RecipeFile] => [
      path,
      { mode, content: typeof content === "string" ? Buffer.from(content) : content },
    ]),
  );

const plain = { mode: "100644", modeBefore: "100644", text: null, omitted: null };

test("the recipe comes first, then what pacman runs, and what makepkg says of it last", () => {
  const files = { "a.patch": "", ".SRCINFO": "", "z.install": "", PKGBUILD: "" };

  const changes = compareRecipes(recipeOf({}), recipeOf(files));

  expect(changes.map(({ path }) => path)).toEqual(["PKGBUILD", "z.install", "a.patch", ".SRCINFO"]);
});

test("a changed file has its lines with three of what is around them, a same one none", () => {
  const before = recipeOf({ PKGBUILD: "1\n2\n3\n4\n5\n", same: "as before" });
  const after = recipeOf({ PKGBUILD: "1\n2\n3\n4\nfive\n", same: "as before" });

  expect(compareRecipes(before, after)).toEqual([
    {
      ...plain,
      path: "PKGBUILD",
      hunks: [
        {
          oldStart: 2,
          oldLines: 4,
          newStart: 2,
          newLines: 4,
          lines: [" 2", " 3", " 4", "-5", "+five"],
        },
      ],
      added: 1,
      removed: 1,
    },
    { ...plain, path: "same", hunks: [], added: 0, removed: 0 },
  ]);
});

test("a file that came has no mode before, one that went has none now, and a mode may change alone", () => {
  const before = recipeOf({ gone: "x\n", "run.sh": "x\n" });
  const after = new Map([...recipeOf({ "run.sh": "x\n" }, "100755"), ...recipeOf({ came: "y\n" })]);

  const changes = compareRecipes(before, after);

  expect(
    changes.map(({ path, mode, modeBefore, added, removed }) => [
      path,
      modeBefore,
      mode,
      added,
      removed,
    ]),
  ).toEqual([
    ["came", null, "100644", 1, 0],
    ["gone", "100644", null, 0, 1],
    ["run.sh", "100644", "100755", 0, 0],
  ]);
});

test.each([
  ["has a zero byte", Buffer.from([0x61, 0, 0x62])],
  ["is no UTF-8", Buffer.from([0xff, 0xfe])],
])("what %s is binary: that it changed is shown, but not how", (_, content) => {
  const changes = compareRecipes(recipeOf({ icon: "text" }), recipeOf({ icon: content }));

  expect(changes).toEqual([
    { ...plain, path: "icon", hunks: null, added: 0, removed: 0, omitted: "binary" },
  ]);
});

test("without another recipe, the files themselves are shown", () => {
  const changes = compareRecipes(
    undefined,
    recipeOf({ PKGBUILD: "pkgname=a\n", icon: Buffer.from([0]) }),
  );

  expect(changes.map(({ path, text, hunks, omitted }) => [path, text, hunks, omitted])).toEqual([
    ["PKGBUILD", "pkgname=a\n", null, null],
    ["icon", null, null, "binary"],
  ]);
});

test("an answer holds two MiB, what matters most first; of the rest only the paths are shown", () => {
  const line = `${"x".repeat(1_023)}\n`;
  const large = line.repeat(1_500);

  const changes = compareRecipes(
    undefined,
    recipeOf({ PKGBUILD: "pkgname=a\n", "a.patch": large, "b.patch": large }),
  );

  expect(changes.map(({ path, text, omitted }) => [path, text?.length, omitted])).toEqual([
    ["PKGBUILD", 10, null],
    ["a.patch", large.length, null],
    ["b.patch", undefined, "large"],
  ]);
});

test("a file of which thousands of lines changed is too large, and what comes after it is still compared", () => {
  const numbers = (first: number) =>
    Array.from({ length: 3_000 }, (_, at) => `${first + at}\n`).join("");

  const changes = compareRecipes(
    recipeOf({ "a.patch": numbers(0), "b.patch": "1\n" }),
    recipeOf({ "a.patch": numbers(10_000), "b.patch": "2\n" }),
  );

  expect(changes.map(({ path, hunks, omitted }) => [path, hunks?.length, omitted])).toEqual([
    ["a.patch", undefined, "large"],
    ["b.patch", 1, null],
  ]);
});

test("one answer compares forty thousand lines", () => {
  const lines = "x\n".repeat(12_000);

  const changes = compareRecipes(
    recipeOf({ "a.patch": lines, "b.patch": lines }),
    recipeOf({ "a.patch": `${lines}y\n`, "b.patch": `${lines}y\n` }),
  );

  expect(changes.map(({ path, hunks, omitted }) => [path, hunks?.length, omitted])).toEqual([
    ["a.patch", 1, null],
    ["b.patch", undefined, "large"],
  ]);
});
