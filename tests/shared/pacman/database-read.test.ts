import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { parseDesc } from "#shared/pacman/desc.ts";
import { pieces, tarOf } from "../../support/archive.ts";

const desc = "%FILENAME%\na-1-1-any.pkg.tar.xz\n\n%NAME%\na\n\n%VERSION%\n1-1\n\n%ARCH%\nany\n";
const depends = "%DEPENDS%\nb\n\n";

const read = async (members: Parameters<typeof tarOf>[0]) =>
  Array.fromAsync(readDatabase(pieces(gzipSync(await tarOf(members)))));

test("dependencies in a member of their own belong to the package", async () => {
  expect(
    await read([["a-1-1/"], ["a-1-1/desc", desc], ["a-1-1/depends", depends], ["b-1-1/"]]),
  ).toEqual([{ directory: "a-1-1", desc: parseDesc(`${desc}\n${depends}`) }]);
});

test("a package that is listed without files has none", async () => {
  expect(
    await read([
      ["a-1-1/desc", desc],
      ["a-1-1/files", "%FILES%\n"],
    ]),
  ).toEqual([{ directory: "a-1-1", desc: parseDesc(desc), files: [] }]);
});

test("a package without a desc is refused", async () => {
  await expect(read([["a-1-1/"], ["a-1-1/files", "%FILES%\n"]])).rejects.toThrow(
    new Fault("invalid", "a-1-1 in the database has no desc"),
  );
});
