import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { dockerUrl, parseDockerUrl } from "#shared/docker-url.ts";
import { runProgram, type Say } from "./run-program.ts";
import type { RunnerImage } from "./runner-image.ts";

export type MirrorWish = {
  readonly url: string;
  /** `RUNNER_IMAGE`, and what the engine has under that name. */
  readonly image: string;
  readonly runner: RunnerImage;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
};

/** Where the stand-in keeps its mirror. */
const inImage = "/usr/share/kiln/mirror";

/**
 * The `SYNC_MIRROR` that goes with the runner image: for the stand-in a copy of its own mirror in
 * the data directory, made again when the image is another; undefined for a real one.
 */
export const ensureMirror = async (wish: MirrorWish): Promise<string | undefined> => {
  if (!wish.runner.isStandIn) return undefined;
  const directory = join(wish.dataDirectory, "mirror");
  const madeFrom = await readFile(join(directory, "image"), "utf8").catch(() => "");
  if (madeFrom !== wish.runner.id) await copy(wish, directory);
  return `${pathToFileURL(directory).href}/{repo}/os/{arch}`;
};

const copy = async (wish: MirrorWish, directory: string) => {
  wish.say("copying the stand-in's mirror: its packages have names and versions, and no files");
  const docker = (...args: string[]) =>
    runProgram(["docker", "-H", dockerUrl(parseDockerUrl("DOCKER_URL", wish.url)), ...args], {
      signal: wish.signal,
    });
  const container = `kiln-mirror-${process.pid}`;
  const fresh = `${directory}.${process.pid}`;

  await rm(fresh, { recursive: true, force: true });
  await mkdir(wish.dataDirectory, { recursive: true });
  await docker("create", "--name", container, "--label", "kiln.setup=1", wish.image);
  try {
    await docker("cp", `${container}:${inImage}`, fresh);
  } finally {
    await docker("rm", "--force", container);
  }
  await writeFile(join(fresh, "image"), wish.runner.id);
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
};
