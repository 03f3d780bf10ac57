import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A nats-server of its own, on a port of its own, that keeps JetStream in a temporary directory. */
export const startNats = async ({ settings = "", environment = {} }: Options = {}) => {
  const store = await mkdtemp(join(tmpdir(), "nats-"));
  await writeFile(
    join(store, "nats-server.conf"),
    `websocket { host: "127.0.0.1", port: -1, no_tls: true }\n${settings}`,
  );
  const log: string[] = [];
  const first = await startServer(store, -1, environment, log);
  const { port, webSocketPort } = first;
  let { server } = first;
  const stop = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill(signal);
    await exited;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    webSocketUrl: `ws://127.0.0.1:${webSocketPort}`,
    /** What it printed since it was ready. */
    log,
    /** Stands still, with its connections open, until SIGCONT. */
    signal: (signal: "SIGSTOP" | "SIGCONT") => void server.kill(signal),
    /** Stays away until `up`. */
    down: (signal: NodeJS.Signals = "SIGKILL") => stop(signal),
    async up({ empty = false } = {}) {
      if (empty) await rm(join(store, "jetstream"), { recursive: true });
      ({ server } = await startServer(store, port, environment, log));
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

type Options = {
  /** Lines of its configuration besides. */
  readonly settings?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

const startServer = async (
  store: string,
  port: number,
  environment: Options["environment"] & object,
  log: string[],
) => {
  const config = join(store, "nats-server.conf");
  const flags = ["-c", config, "-js", "-a", "127.0.0.1", "-p", `${port}`, "-sd", store];
  const server = spawn("nats-server", flags, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  let said = "";
  for await (const [chunk] of on(server.stderr, "data", { close: ["end"] })) {
    said += String(chunk);
    if (said.includes("Server is ready")) break;
  }
  const [, listening] = /Listening for client connections on \S+:(\d+)/.exec(said) ?? [];
  if (!listening) throw new Error(`nats-server did not start: ${said}`);
  server.stderr.on("data", (chunk) => log.push(...String(chunk).split("\n")));
  const [, webSocketPort] = /Listening for websocket clients on \S+:(\d+)/.exec(said) ?? [];
  return { server, port: Number(listening), webSocketPort: Number(webSocketPort) };
};
