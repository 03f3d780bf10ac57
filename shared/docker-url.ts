import { Fault } from "#shared/fault.ts";

/** Where a docker engine listens. */
export type DockerAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** The engine's own default. */
export const defaultSocket: DockerAddress = { kind: "socket", path: "/var/run/docker.sock" };

/**
 * Reads `DOCKER_URL` or `DOCKER_HOST`: `unix:///path`, `/path`, `tcp://host:port`, `http://host:port`.
 * `Fault` invalid for anything else, with `name` of the variable.
 */
export const parseDockerUrl = (name: string, value: string): DockerAddress => {
  const path = /^(?:unix:\/\/)?(\/.+)$/.exec(value)?.[1];
  if (path !== undefined) return { kind: "socket", path };
  const url = URL.parse(value.replace(/^tcp:/, "http:"));
  if (url?.protocol === "http:" && url.hostname !== "" && url.pathname === "/")
    return { kind: "tcp", host: url.hostname, port: Number(url.port || "2375") };
  throw new Fault(
    "invalid",
    `${name} is ${JSON.stringify(value)}, expected unix:///path or tcp://host:port`,
  );
};

/** In the form that the command `docker -H` takes. */
export const dockerUrl = (address: DockerAddress) =>
  address.kind === "socket" ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
