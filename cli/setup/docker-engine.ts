import { existsSync } from "node:fs";
import {
  type DockerAddress,
  defaultSocket,
  dockerUrl,
  parseDockerUrl,
} from "#shared/docker-url.ts";
import { Fault } from "#shared/fault.ts";
import { answers } from "./engine.ts";
import { startOwnEngine } from "./own-engine.ts";
import { ensurePrograms, type Install, isRoot, missingPrograms } from "./packages.ts";
import { until } from "./processes.ts";
import { runProgram } from "./run-program.ts";

export type DockerWish = Install & {
  readonly dockerUrl?: string | undefined;
  readonly dockerHost?: string | undefined;
  /** Absolute; where an engine of ours keeps its things. */
  readonly dataDirectory: string;
};

/** Disposing stops what was started for it, and nothing else. */
export type DockerEngine = AsyncDisposable & { readonly url: string };

/**
 * The engine at `DOCKER_URL`, else at `DOCKER_HOST`, else at the default socket; where none answers
 * there, the distribution's, installed and started; without an init system, one of ours.
 * `Fault` unavailable when there is no way to one, with the commands that make one.
 */
export const ensureDocker = async (wish: DockerWish): Promise<DockerEngine> => {
  const given = givenAddress(wish);
  if (given) {
    if (await answers(given.address)) return theirs(given.address);
    throw new Fault(
      "unavailable",
      `no docker engine answers at ${given.name}=${given.value}; start it, or unset ${given.name} to let kiln find or start one`,
    );
  }
  if (await answers(defaultSocket)) return theirs(defaultSocket);

  const programs = ["dockerd", "docker"] as const;
  if ((await missingPrograms(programs)).length > 0) {
    await ensurePrograms(programs, wish);
    // The distribution's package starts its service where there is an init system.
    if (await answers(defaultSocket)) return theirs(defaultSocket);
  }
  if (!isRoot()) throw new Fault("unavailable", askAnAdministrator);
  if (existsSync("/run/systemd/system")) return startService(wish);

  const { address, ...engine } = await startOwnEngine(wish.dataDirectory, wish.say, wish.signal);
  return { ...engine, url: dockerUrl(address) };
};

const givenAddress = ({ dockerUrl, dockerHost }: DockerWish) => {
  for (const [name, value] of [
    ["DOCKER_URL", dockerUrl],
    ["DOCKER_HOST", dockerHost],
  ] as const)
    if (value) return { name, value, address: parseDockerUrl(name, value) };
  return undefined;
};

const theirs = (address: DockerAddress): DockerEngine => ({
  url: dockerUrl(address),
  [Symbol.asyncDispose]: async () => {},
});

const startService = async ({ say, signal }: DockerWish): Promise<DockerEngine> => {
  say("starting the service docker");
  await runProgram(["systemctl", "start", "docker.service"], { signal });
  if (!(await until(() => answers(defaultSocket), { milliseconds: 30_000, signal })))
    throw new Fault("unavailable", "the service docker was started and does not answer");
  return {
    url: dockerUrl(defaultSocket),
    [Symbol.asyncDispose]: () =>
      runProgram(["systemctl", "stop", "--no-block", "docker.service", "docker.socket"]),
  };
};

const askAnAdministrator = [
  "no docker engine answers at /var/run/docker.sock, and only root may start one; start it with",
  "  sudo systemctl start docker",
  '  sudo usermod -aG docker "$USER"',
  "and log in again, or set DOCKER_URL",
].join("\n");
