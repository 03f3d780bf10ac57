import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { execa } from "execa";
import { expect, inject } from "vitest";
import { minutes } from "#shared/time.ts";
import { runtimes } from "./runtimes.ts";
import { bucket, credentials } from "./s3.ts";

const checkout = resolve(import.meta.dirname, "../..");

/** Read-only: what a builder is made of. The checkout as a whole holds what other processes keep. */
const program = ["services", "shared", "node_modules", "package.json"].map(
  (it) => `${checkout}/${it}`,
);

const docker = async (...args: string[]) =>
  (await execa("docker", ["-H", inject("dockerUrl"), ...args])).stdout;

/** What containers of the island may run of this machine's. */
const whichOf = async (name: string) =>
  (await execa("sh", ["-c", `PATH="$PATH:/usr/sbin" command -v ${name}`])).stdout;

/**
 * A docker network that leads nowhere else, with a nats-server and an S3 server on it.
 * This machine reaches both by `environment`; a builder there reaches nothing but them and its docker engine.
 */
export const startIsland = async () => {
  await using stack = new AsyncDisposableStack();
  /** What there is of it: first in a stack that goes when the start fails. */
  let resources = stack;
  const network = `kiln-test-${randomUUID()}`;
  await docker("network", "create", "--internal", "--label", "kiln.test=1", network);
  stack.defer(async () => void (await docker("network", "rm", network)));

  const run = async (name: string, mounts: string[], variables: object, command: string[]) => {
    const container = await docker(
      ...["run", "--detach", "--label", "kiln.test=1", "--network", network],
      ...["--network-alias", name, "--user", "0:0", "--entrypoint", "timeout"],
      ...mounts.flatMap((mount) => ["--volume", mount]),
      ...Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      // Ends by itself where a killed test run forgets it.
      ...[inject("runnerImage"), "900", ...command],
    );
    resources.defer(async () => void (await docker("rm", "--force", "--volumes", container)));
    const address = await docker(
      ...["inspect", "--format", `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`],
      container,
    );
    return { container, address };
  };

  const natsServer = await whichOf("nats-server");
  const nats = await run("nats", [`${natsServer}:${natsServer}:ro`], {}, [
    ...[natsServer, "-js", "-sd", "/tmp/nats"],
  ]);
  const versitygw = inject("versitygw");
  const s3 = await run("s3", [`${versitygw}:/versitygw:ro`], {}, [
    ...["bash", "-c", `mkdir -p /objects/${bucket} && exec "$@"`, "bash", "/versitygw"],
    ...["--access", credentials.AWS_ACCESS_KEY_ID, "--secret", credentials.AWS_SECRET_ACCESS_KEY],
    ...["--port", ":7070", "posix", "/objects"],
  ]);
  const environmentFor = (natsHost: string, s3Host: string) => ({
    ...credentials,
    NATS_URL: `nats://${natsHost}:4222`,
    BLOBS_URL: `s3://${bucket}?endpoint=http://${s3Host}:7070`,
  });
  const gateway = await docker(
    ...["network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network],
  );
  resources = stack.move();
  return {
    environment: environmentFor(nats.address, s3.address),
    /** This machine, as a container there would see it. */
    gateway,
    /** A builder that is ready. */
    async startBuilder() {
      const socket = inject("dockerUrl").replace("unix://", "");
      const mounts = [...program.map((path) => `${path}:${path}:ro`), `${socket}:${socket}`];
      const { container } = await run(
        "builder",
        mounts,
        {
          ...environmentFor("nats", "s3"),
          DATA_DIR: "/data",
          BUILDER_SLOTS: "1",
          DOCKER_URL: inject("dockerUrl"),
          RUNNER_IMAGE: inject("runnerImage"),
        },
        [...runtimes.bun, `${checkout}/services/builder/service.ts`],
      );
      await expect
        .poll(() => docker("logs", container), { timeout: minutes(2), interval: 200 })
        .toContain('"ready"');
      return {
        /** What it has of this machine, which it may write to where it says so. */
        mounted: async () => {
          const format = "{{range .Mounts}}{{.Source}} {{.RW}}\n{{end}}";
          const lines = await docker("inspect", "--format", format, container);
          return lines.split("\n").filter((line) => line !== "");
        },
        /** Runs a script where it runs. */
        bash: (script: string) => docker("exec", container, "bash", "-c", script),
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};
