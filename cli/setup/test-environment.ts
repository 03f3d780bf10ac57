import { type DockerEngine, type DockerWish, ensureDocker } from "./docker-engine.ts";
import { ensureMirror } from "./mirror.ts";
import { ensurePrograms } from "./packages.ts";
import { ensureRunnerImage } from "./runner-image.ts";
import { ensureVersitygw } from "./versitygw.ts";

export type TestWish = DockerWish & {
  /** `RUNNER_IMAGE`. */
  readonly image: string;
};

/** What the tests of the rings `flows` and `judges` run beside docker. */
const programs = [
  "bsdtar",
  "curl",
  "docker-compose",
  "dockerd",
  "git",
  "gpg",
  "makepkg",
  "mmdebstrap",
  "nats-server",
  "nginx",
  "pacman",
  "repo-add",
  "rsync",
  "shellcheck",
  "systemd-analyze",
  "vercmp",
  "virtualenv",
  "wget",
  "zstd",
] as const;

export type TestEnvironment = DockerEngine & {
  /** `SYNC_MIRROR` of the stand-in; undefined where the runner image is a real one. */
  readonly mirror: string | undefined;
  /** The path of an S3 server. */
  readonly versitygw: string;
};

/** The same setup as `npm start`'s, for `npm test`. Disposing stops what it started. */
export const ensureTestEnvironment = async (wish: TestWish): Promise<TestEnvironment> => {
  await ensurePrograms(programs, wish);
  const engine = await ensureDocker(wish);
  try {
    const { url } = engine;
    const [runner, versitygw] = await Promise.all([
      ensureRunnerImage({ ...wish, url }),
      ensureVersitygw(wish),
    ]);
    return { ...engine, versitygw, mirror: await ensureMirror({ ...wish, url, runner }) };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
};
