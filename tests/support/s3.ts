import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Remote } from "#shared/blobs/open-s3.ts";
import { freePort } from "./free-port.ts";
import { makeScratch } from "./scratch.ts";

export const credentials = { AWS_ACCESS_KEY_ID: "kiln", AWS_SECRET_ACCESS_KEY: "a/secret+key=" };

export const bucket = "kiln-blobs";

/** An S3 server on a port of its own, with one bucket, that keeps objects in a temporary directory. */
export const startS3 = async (program: string, prefix = "builds") => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const objects = join(scratch.path, "objects", bucket);
  await mkdir(objects, { recursive: true });
  const port = await freePort();
  const start = () => startServer(program, join(scratch.path, "objects"), port);
  let server = await start();
  const stop = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill(signal);
    await exited;
  };
  stack.defer(() => stop("SIGKILL"));
  const resources = stack.move();
  return {
    port,
    url: `s3://${bucket}/${prefix}?endpoint=http://127.0.0.1:${port}`,
    credentials,
    /** The directory whose files are the objects under the prefix. */
    objects: join(objects, prefix),
    /** What a process of a host that has no copies gets besides the URL. */
    remote: (cacheBytes = 1024 ** 3): Remote => ({
      ...credentials,
      cache: { directory: join(scratch.path, `copies-${randomUUID()}`), bytes: cacheBytes },
      now: Date.now,
    }),
    /** Stays away until `up`. */
    down: (signal: NodeJS.Signals = "SIGKILL") => stop(signal),
    async up() {
      server = await start();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

export type S3Server = Awaited<ReturnType<typeof startS3>>;

const startServer = async (program: string, directory: string, port: number) => {
  const { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret } = credentials;
  const server = spawn(
    program,
    ["--access", access, "--secret", secret, "--port", `127.0.0.1:${port}`, "posix", directory],
    { stdio: "ignore" },
  );
  while (!(await answers(port))) {
    demandAlive(server);
    await delay(20);
  }
  return server;
};

const demandAlive = ({ exitCode, signalCode }: ChildProcess) => {
  if (exitCode !== null || signalCode !== null)
    throw new Error(`versitygw ended with ${exitCode ?? signalCode}`);
};

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );
