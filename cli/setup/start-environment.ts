import { type DockerWish, ensureDocker } from "./docker-engine.ts";
import { ensureMirror } from "./mirror.ts";
import { ensurePrograms } from "./packages.ts";
import { ensureRunnerImage } from "./runner-image.ts";

export type StartWish = DockerWish & {
  /** `NATS_URL`; without one kiln runs a nats-server of its own. */
  readonly natsUrl?: string | undefined;
  /** `RUNNER_IMAGE`. */
  readonly image: string;
};

export type StartEnvironment = AsyncDisposable & {
  /** For `DOCKER_URL`. */
  readonly dockerUrl: string;
  /** For `SYNC_MIRROR` where nobody gave one: the mirror that goes with the stand-in. */
  readonly syncMirror: string | undefined;
};

/** Sets up what `npm start` needs and the machine lacks. Disposing stops what it started. */
export const ensureStartEnvironment = async (wish: StartWish): Promise<StartEnvironment> => {
  await ensurePrograms(["git", "gpg", ...(wish.natsUrl ? [] : (["nats-server"] as const))], wish);
  const engine = await ensureDocker(wish);
  try {
    const runner = await ensureRunnerImage({ ...wish, url: engine.url });
    return {
      dockerUrl: engine.url,
      syncMirror: await ensureMirror({ ...wish, url: engine.url, runner }),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
};
