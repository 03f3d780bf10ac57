import { fileURLToPath } from "node:url";
import { dockerUrl, parseDockerUrl } from "#shared/docker-url.ts";
import { Fault } from "#shared/fault.ts";
import { findImage, type Image, isPullable } from "./engine.ts";
import { ensurePrograms, type Install } from "./packages.ts";
import { runProgram } from "./run-program.ts";

/** What runner/Dockerfile is built from. */
const base = "archlinux:base-devel";

/** The number of runner/README.md's contract, in the image's label. */
const contract = { label: "kiln.runner", number: "2" };

const runner = fileURLToPath(new URL("../../runner/", import.meta.url));

export type RunnerImage = {
  readonly id: string;
  /** Whether it is Debian's stand-in, for trying out, with a mirror of its own. */
  readonly isStandIn: boolean;
};

export type ImageWish = Install & {
  /** The engine's, in any form that `DOCKER_URL` takes. */
  readonly url: string;
  /** `RUNNER_IMAGE`. */
  readonly image: string;
};

/**
 * Sees to it that the engine has the runner image: made from Arch's where the engine reaches a
 * registry, else from Debian's packages. One of an earlier contract is made again. An image of another name than ours is
 * not made but pulled.
 */
export const ensureRunnerImage = async (wish: ImageWish): Promise<RunnerImage> => {
  const address = parseDockerUrl("DOCKER_URL", wish.url);
  const present = await findImage(address, wish.image);
  if (present && isCurrent(wish, present)) return describe(present);
  if (present) wish.say(`${wish.image} is of an earlier version: making it again`);

  await ensurePrograms(["docker"], wish);
  if (!wish.image.startsWith("kiln-runner:")) await pull(wish);
  else if (await isPullable(address, base)) await build(wish);
  else await buildStandIn(wish);

  const made = await findImage(address, wish.image);
  if (present) {
    const former = `label=${contract.label}=${present.labels[contract.label]}`;
    await docker(wish, "image", "prune", "--force", "--filter", former);
  }
  if (!made) throw new Fault("unavailable", `${wish.image} was made and is not in the engine`);
  return describe(made);
};

/** What others made under another name is theirs to keep up. */
const isCurrent = ({ image }: ImageWish, { labels }: Image) =>
  !image.startsWith("kiln-runner:") || labels[contract.label] === contract.number;

const describe = ({ id, labels }: Image): RunnerImage => ({
  id,
  isStandIn: labels["kiln.runner.stand-in"] === "1",
});

const docker = (wish: ImageWish, ...args: string[]) =>
  runProgram(["docker", "-H", engineUrl(wish), ...args], wish);

const engineUrl = ({ url }: ImageWish) => dockerUrl(parseDockerUrl("DOCKER_URL", url));

const pull = async (wish: ImageWish) => {
  wish.say(`pulling the runner image ${wish.image}`);
  await docker(wish, "pull", "--", wish.image);
};

const build = async (wish: ImageWish) => {
  wish.say(`building the runner image ${wish.image} from ${base}`);
  await docker(wish, "build", "--build-arg", `BASE=${base}`, "--tag", wish.image, runner);
};

const buildStandIn = async (wish: ImageWish) => {
  wish.say("no image registry answers: building a stand-in for the runner from Debian's packages.");
  wish.say("It is for trying out: what it builds is linked against Debian, not Arch.");
  await ensurePrograms(["bsdtar", "makepkg", "mmdebstrap", "repo-add", "zstd"], wish);
  await runProgram([`${runner}debian/build.sh`, wish.image], {
    ...wish,
    environment: { DOCKER_HOST: engineUrl(wish) },
  });
};
