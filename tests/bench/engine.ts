import { once } from "node:events";
import { request } from "node:http";
import { resolve } from "node:path";
import { parseDockerUrl } from "#shared/docker-url.ts";
import { kilnVersion } from "#shared/version.ts";
import { ensureTestEnvironment } from "../../cli/setup/test-environment.ts";

/** An engine with the runner image, as the tests have it, and what kiln is to be told of it. */
export const openEngine = async () => {
  const { DOCKER_HOST, DOCKER_URL, RUNNER_IMAGE } = process.env;
  const image = RUNNER_IMAGE || `kiln-runner:${kilnVersion}`;
  const engine = await ensureTestEnvironment({
    dockerUrl: DOCKER_URL,
    dockerHost: DOCKER_HOST,
    dataDirectory: resolve(import.meta.dirname, "../../.cache"),
    image,
    mayInstall: true,
    say: (line) => console.error(`kiln: ${line}`),
    signal: new AbortController().signal,
  });
  return {
    environment: {
      DOCKER_URL: engine.url,
      RUNNER_IMAGE: image,
      ...(engine.mirror && { SYNC_MIRROR: engine.mirror }),
    },
    url: engine.url,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
};

/** What the engine said of one container. */
export type EngineEvent = {
  readonly action: string;
  /** Milliseconds since the Unix epoch, with a fraction. */
  readonly at: number;
  readonly container: string;
  readonly execution: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
};

/** Listens to the engine's events of containers, from now on. */
export const hearEngine = async (url: string) => {
  const address = parseDockerUrl("DOCKER_URL", url);
  const filters = encodeURIComponent(JSON.stringify({ type: ["container"] }));
  const asking = request({
    ...(address.kind === "socket"
      ? { socketPath: address.path }
      : { host: address.host, port: address.port }),
    path: `/events?filters=${filters}`,
  }).end();
  const [response] = await once(asking, "response");
  const events: EngineEvent[] = [];
  let rest = "";
  const take = (line: string) => {
    const { Action, Actor, timeNano } = JSON.parse(line);
    const { execID, ...labels } = Actor.Attributes;
    const [action] = String(Action).split(":");
    const at = Number(timeNano) / 1e6;
    events.push({ action: action ?? "", at, container: Actor.ID, execution: execID, labels });
  };
  response.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  // Ours is the end of it.
  response.on("error", () => response.destroy());
  return { events, [Symbol.dispose]: () => void asking.destroy() };
};
