import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** A real pacman in a root of its own, that knows one repository: the folder `served`. */
export const makePacmanRoot = async (repository = "kiln") => {
  const scratch = await makeScratch();
  const folder = async (name: string) => {
    const path = join(scratch.path, name);
    await mkdir(path);
    return path;
  };
  const [root, served] = [await folder("root"), await folder("served")];
  const [state, cache] = [await folder("state"), await folder("cache")];

  const config = join(scratch.path, "pacman.conf");
  await writeFile(
    config,
    `[options]\nArchitecture = x86_64\nSigLevel = Never\n[${repository}]\nServer = file://${served}\n`,
  );
  const own = ["--root", root, "--dbpath", state, "--cachedir", cache, "--config", config];
  const privileged = process.getuid?.() === 0 ? [] : ["fakeroot", "--"];

  return {
    served,
    state,
    cache,
    pacman: (...args: string[]) => {
      const [program = "", ...rest] = [...privileged, "pacman", ...own, "--noconfirm", ...args];
      return runProgram(program, rest, { env: { COLUMNS: "10000" } });
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
};
