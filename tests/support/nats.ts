import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A nats-server of its own, on a port of its own, that keeps JetStream in a temporary directory. */
export const startNats = async () => {
  const store = await mkdtemp(join(tmpdir(), "nats-"));
  let { server, port } = await startServer(store, -1);
  const stop = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill(signal);
    await exited;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    /** Stays away until `up`. */
    down: (signal: NodeJS.Signals = "SIGKILL") => stop(signal),
    async up() {
      ({ server } = await startServer(store, port));
    },
    /** The same store on the same port, as after a crash. */
    async restart(signal: NodeJS.Signals = "SIGKILL") {
      await this.down(signal);
      await this.up();
    },
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
      await rm(store, { recursive: true });
    },
  };
};

const startServer = async (store: string, port: number) => {
  const server = spawn("nats-server", ["-js", "-a", "127.0.0.1", "-p", `${port}`, "-sd", store], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  let said = "";
  for await (const [chunk] of on(server.stderr, "data", { close: ["end"] })) {
    said += String(chunk);
    if (said.includes("Server is ready")) break;
  }
  const [, listening] = /Listening for client connections on \S+:(\d+)/.exec(said) ?? [];
  if (!listening) throw new Error(`nats-server did not start: ${said}`);
  server.stderr.resume();
  return { server, port: Number(listening) };
};
