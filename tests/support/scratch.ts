import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty directory that goes away with its scope. */
export const makeScratch = async () => {
  const path = await mkdtemp(join(tmpdir(), "kiln-"));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};
