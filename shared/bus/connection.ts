import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { createInbox, errors, wsconnect } from "@nats-io/nats-core";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import { inboxOf } from "./permissions.ts";

export type Connection = {
  readonly nats: NatsConnection;
  /** The servers, without credentials. */
  readonly name: string;
  /** Resolves at once while there is a connection, else when there is one again. */
  connected(): Promise<void>;
  /** What `request` resolves to; rejects, as nobody will answer, once there is no connection. */
  whileConnected<T>(request: () => Promise<T>): Promise<T>;
  onReconnect(listener: () => void): Disposable;
  /** A subject that only this connection's user hears. */
  newInbox(): string;
};

/** How long a server may take to come up before us. */
const patience = seconds(30);

/** Connects to `nats://[user:password@|token@]host:port`, `ws://` or `wss://`, several separated by commas, and stays connected. */
export const connectNats = async (servers: string, log: Log): Promise<Connection> => {
  const urls = servers.split(",").map(parseServer);
  const name = urls.map(({ host }) => host).join(",");
  const options = optionsOf(urls);
  const nats = await dialUntilUp(options, name, log);

  const listeners = new Set<() => void>();
  const waiting = new Set<() => void>();
  let away: PromiseWithResolvers<void> | undefined;
  const watch = async () => {
    for await (const { type } of nats.status()) {
      if (type === "disconnect" && !away) {
        log.warn("nats-server lost", { server: name });
        away = Promise.withResolvers();
        for (const lose of waiting) lose();
      }
      if (type === "reconnect") {
        log.info("nats-server is back", { server: name });
        away?.resolve();
        away = undefined;
        for (const listener of listeners) listener();
      }
    }
  };
  void watch();

  return {
    nats,
    name,
    connected: async () => away?.promise,
    whileConnected: (request) =>
      new Promise((resolve, reject) => {
        const lose = () => reject(new errors.RequestError("connection lost"));
        if (away) return lose();
        waiting.add(lose);
        request()
          .then(resolve, reject)
          .finally(() => waiting.delete(lose));
      }),
    onReconnect(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    newInbox: () => createInbox(options.inboxPrefix),
  };
};

const parseServer = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^(nats|tls|wss?):$/.test(url.protocol))
    throw new Fault(
      "invalid",
      `NATS_URL is ${text.replace(/\/\/.*@/, "//…@")}, expected nats://host:port or wss://host:port`,
    );
  return url;
};

const optionsOf = (urls: readonly URL[]): ConnectionOptions => {
  const [first] = urls;
  const user = decodeURIComponent(first?.username ?? "");
  const pass = decodeURIComponent(first?.password ?? "");
  return {
    servers: urls.map(({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`),
    timeout: seconds(5),
    reconnectTimeWait: 250,
    maxReconnectAttempts: -1,
    // A server may come back with other passwords than it will have once that is mended.
    ignoreAuthErrorAbort: true,
    pingInterval: seconds(20),
    ...(user && (pass ? { user, pass, inboxPrefix: inboxOf(user) } : { token: user })),
    ...(first?.protocol === "tls:" && { tls: {} }),
  };
};

/** TCP is loaded only where it is used, as the edge has none. */
const dial = async (options: ConnectionOptions) => {
  if (String(options.servers).startsWith("ws")) return wsconnect(options);
  const { connect } = await import("@nats-io/transport-node");
  return connect(options);
};

const dialUntilUp = async (options: ConnectionOptions, name: string, log: Log) => {
  const tooLate = AbortSignal.timeout(patience);
  for (let attempt = 1; ; attempt++) {
    try {
      return await dial(options);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof errors.AuthorizationError || tooLate.aborted)
        throw new Fault("unavailable", `no connection to nats-server at ${name}: ${text}`, {
          cause: error,
        });
      if (attempt === 1) log.warn("waiting for nats-server", { server: name, error });
      await pause(250);
    }
  }
};
