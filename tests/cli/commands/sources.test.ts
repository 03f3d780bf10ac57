import { mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tarOf } from "../../support/archive.ts";
import { runCommandLine } from "../../support/command-line.ts";
import { makeScratch } from "../../support/scratch.ts";

const id = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

const source = {
  id,
  version: "2-1",
  revision: null,
  fetched: "2026-01-01T11:00:00.000Z",
  changed: "2026-01-01T10:00:00.000Z",
  published: false,
  next: true,
  builds: [],
  commits: [],
  aur: null,
};

test("the states of a source are listed, with their maintainers then", async () => {
  const aur = { maintainer: "me\u001b", comaintainers: [], submitter: null, modified: null };
  const { code, output } = await runCommandLine(["sources", "foo"], {
    answers: {
      "GET /packages/foo/sources": {
        checked: "2026-01-01T11:59:00.000Z",
        problem: "the AUR is down\n",
        sources: [
          { ...source, aur: { ...aur, outOfDate: "2026-01-01T09:00:00.000Z" } },
          { ...source, next: false, published: true },
        ],
      },
    },
  });

  expect(code).toBe(0);
  expect(output.split("\n")).toEqual([
    `SOURCE${" ".repeat(32)}VERSION  FETCHED     MAINTAINER`,
    `${id}  2-1      1 hour ago  me\\x1b      next, flagged out of date`,
    `${id}  2-1      1 hour ago  -           published`,
    "looked for 1 minute ago, which failed: the AUR is down",
    "",
  ]);
});

test("the files of one are written into a new directory, links and all", async () => {
  await using scratch = await makeScratch();
  const directory = join(scratch.path, "foo");
  const tar = await tarOf([
    ["PKGBUILD", "pkgname=foo\n"],
    ["link", "-> PKGBUILD"],
  ]);

  const { code, output } = await runCommandLine(["sources", "foo", id, "-o", directory], {
    answers: { [`GET /packages/foo/sources/${id}`]: () => new Response(new Uint8Array(tar)) },
  });

  expect([code, output.split("\n")]).toEqual([
    0,
    [join(directory, "PKGBUILD"), join(directory, "link"), ""],
  ]);
  expect(await readFile(join(directory, "PKGBUILD"), "utf8")).toBe("pkgname=foo\n");
  expect(await readlink(join(directory, "link"))).toBe("PKGBUILD");
});

test("a directory that holds something is left as it is", async () => {
  await using scratch = await makeScratch();
  const directory = join(scratch.path, "mine");
  await mkdir(directory);
  await writeFile(join(directory, "PKGBUILD"), "mine");
  const tar = await tarOf([["PKGBUILD", "theirs"]]);

  const { code, messages } = await runCommandLine(["sources", "foo", "-o", directory], {
    answers: { "GET /packages/foo/sources/next": () => new Response(new Uint8Array(tar)) },
  });

  expect([code, messages]).toEqual([
    1,
    `kiln: ${directory} is not empty: expected a new directory\n`,
  ]);
  expect(await readFile(join(directory, "PKGBUILD"), "utf8")).toBe("mine");
});
