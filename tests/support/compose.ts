import { createHash } from "node:crypto";
import { appendFile, cp, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, inject } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes, seconds } from "#shared/time.ts";
import { secret } from "./kiln.ts";
import { makeScratch } from "./scratch.ts";

const checkout = resolve(import.meta.dirname, "../..");
const bun = join(checkout, "node_modules/.bin/bun");

/** Nothing of the tests' own: a variable of the shell is one of the compose file. */
const surroundings = () => ({
  extendEnv: false,
  env: {
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
    HOME: process.env.HOME ?? "/",
    DOCKER_HOST: inject("dockerUrl"),
    BUN: bun,
  },
});

const run = async (file: string, args: readonly string[] = []) => {
  const { stdout } = await execa(file, args, surroundings());
  return stdout;
};

/** The image of kiln on Debian's packages, each layer made once in an engine. It has nats-server and Caddy too. */
export const ensureKilnImage = async () => {
  const recipe = join(import.meta.dirname, "debian-base.sh");
  const bunPackage = join(checkout, "node_modules/bun/package.json");
  const hash = createHash("sha256")
    .update(await readFile(recipe))
    .update(await readFile(bunPackage))
    .digest("hex");
  const base = `kiln-test-base:${hash.slice(0, 12)}`;
  if ((await run("docker", ["images", "--quiet", base])) === "") await run(recipe, [base, bun]);
  const image = `kiln-test:${hash.slice(0, 12)}`;
  await execa(join(checkout, "compose/build-image.sh"), [image], {
    ...surroundings(),
    env: { ...surroundings().env, BASE: base },
  });
  // Those that had its name before.
  await run("docker", ["image", "prune", "--force", "--filter", "label=kiln.image=1"]);
  return image;
};

/** `SYNC_MIRROR` as a service in a container has it, where it is a directory of this host. */
export const mirrorVolume = () => {
  const [directory = ""] = inject("mirror").split("/{repo}");
  const path = directory.startsWith("file:") ? fileURLToPath(directory) : "";
  return path && `${path}:${path}:ro`;
};

/** This host's path of docker's socket. */
export const engineSocket = () => inject("dockerUrl").replace("unix://", "");

/** Starts a compose file's containers under names of their own, and waits until all are healthy. */
export const startCompose = async (
  directory: string,
  files: readonly string[],
  ...up: string[]
) => {
  const project = `kiln-${createHash("sha256").update(directory).digest("hex").slice(0, 8)}`;
  const compose = (...args: string[]) =>
    execa("docker-compose", ["-p", project, ...files.flatMap((it) => ["-f", it]), ...args], {
      cwd: directory,
      ...surroundings(),
      reject: false,
    });
  const ps = () =>
    run("docker", [
      ...["ps", "--all", "--filter", `label=com.docker.compose.project=${project}`],
      ...["--format", '{{.Label "com.docker.compose.service"}} {{.Status}}'],
    ]);
  const stack = {
    compose,
    project,
    async port(service: string, port: number) {
      const { stdout } = await compose("port", service, `${port}`);
      return Number(stdout.split(":").at(-1));
    },
    async [Symbol.asyncDispose]() {
      // An engine under load may hold on to a network whose last container is gone; nothing else may stay.
      const { failed, stderr } = await compose("down", "--volumes", "--timeout", "5");
      if (failed && (await ps()) !== "") throw new Error(`the stack does not go: ${stderr}`);
    },
  };
  try {
    const { failed, stderr } = await compose("up", "--detach", ...up);
    if (failed) throw new Error(stderr);
    await expect
      .poll(async () => (await ps()).split("\n").filter((it) => !it.includes("(healthy)")), {
        timeout: minutes(3),
        interval: seconds(1),
      })
      .toEqual([]);
    return stack;
  } catch (error) {
    const { stdout } = await compose("logs", "--no-color", "--tail", "20");
    await stack[Symbol.asyncDispose]();
    throw new Error(`the stack does not become healthy:\n${stdout}`, { cause: error });
  }
};

/** All of compose/ in a directory of its own, set up by init.sh, with the tests' secret besides. */
export const makeComposeDirectory = async (settings: Readonly<Record<string, string>>) => {
  const scratch = await makeScratch();
  const directory = join(scratch.path, "compose");
  await cp(join(checkout, "compose"), directory, {
    recursive: true,
    filter: (path) => !/\/(\.env|secrets)$/.test(path),
  });
  await run(join(directory, "init.sh"));
  const gid = `${(await stat(engineSocket())).gid}`;
  const lines = Object.entries({ ...settings, DOCKER_GID: gid }).map((it) => `${it.join("=")}\n`);
  await appendFile(join(directory, ".env"), lines.join(""));
  const authorized = join(directory, "secrets/authorized_secrets");
  await appendFile(authorized, `${await hashOf(secret)} tests\n`);
  return { path: directory, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
};
