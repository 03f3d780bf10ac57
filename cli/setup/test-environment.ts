import { type DockerEngine, type DockerWish, ensureDocker } from "./docker-engine.ts";
import { ensurePrograms } from "./packages.ts";
import { ensureRunnerImage } from "./runner-image.ts";

export type TestWish = DockerWish & {
  /** `RUNNER_IMAGE`. */
  readonly image: string;
};

/** What the tests of the rings `flows` and `judges` run beside docker. */
const programs = [
  "bsdtar",
  "git",
  "gpg",
  "makepkg",
  "nats-server",
  "pacman",
  "repo-add",
  "shellcheck",
  "vercmp",
  "zstd",
] as const;

/** The same setup as `npm start`'s, for `npm test`. Disposing stops what it started. */
export const ensureTestEnvironment = async (wish: TestWish): Promise<DockerEngine> => {
  await ensurePrograms(programs, wish);
  const engine = await ensureDocker(wish);
  try {
    await ensureRunnerImage({ ...wish, url: engine.url });
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
  return engine;
};
