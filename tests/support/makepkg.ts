import { chown, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** makepkg refuses to be root: then it is nobody. */
const nobody = 65_534;

/** What real makepkg builds of the files of a source, PKGBUILD among them: package files in a folder. */
export const makePackages = async (source: Readonly<Record<string, string>>) => {
  const scratch = await makeScratch();
  for (const [name, content] of Object.entries(source))
    await writeFile(join(scratch.path, name), content);

  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(scratch.path, nobody, nobody);
  const [program = "", ...privileges] = [
    ...(isRoot ? ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : []),
    "makepkg",
  ];
  const makepkg = (...args: string[]) =>
    runProgram(program, [...privileges, ...args], {
      cwd: scratch.path,
      env: {
        HOME: scratch.path,
        PKGEXT: ".pkg.tar.zst",
        SOURCE_DATE_EPOCH: "1700000000",
        PACKAGER: "A B <a@example.org>",
      },
    });
  await makepkg("--nodeps", "--noconfirm");
  const names = await readdir(scratch.path);
  return {
    folder: scratch.path,
    makepkg,
    files: names.filter((name) => name.endsWith(".pkg.tar.zst")).sort(),
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
};
