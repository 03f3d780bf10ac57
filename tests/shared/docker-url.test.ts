import { expect, test } from "vitest";
import { type DockerAddress, dockerUrl, parseDockerUrl } from "#shared/docker-url.ts";

test.each<[string, DockerAddress, string]>([
  ["unix:///run/a.sock", { kind: "socket", path: "/run/a.sock" }, "unix:///run/a.sock"],
  ["/run/a.sock", { kind: "socket", path: "/run/a.sock" }, "unix:///run/a.sock"],
  ["tcp://dock:1234", { kind: "tcp", host: "dock", port: 1234 }, "tcp://dock:1234"],
  ["http://dock:1234/", { kind: "tcp", host: "dock", port: 1234 }, "tcp://dock:1234"],
  ["tcp://127.0.0.1", { kind: "tcp", host: "127.0.0.1", port: 2375 }, "tcp://127.0.0.1:2375"],
  ["tcp://[::1]:2375", { kind: "tcp", host: "[::1]", port: 2375 }, "tcp://[::1]:2375"],
])("%s is an engine's address", (value, address, written) => {
  expect(parseDockerUrl("DOCKER_URL", value)).toEqual(address);
  expect(dockerUrl(address)).toBe(written);
});

test.each([
  "ssh://host",
  "npipe:////./pipe/docker",
  "docker.sock",
  "tcp://",
  "tcp://host/path",
  "",
])("%j is refused with the variable's name", (value) => {
  expect(() => parseDockerUrl("DOCKER_HOST", value)).toThrow(
    `DOCKER_HOST is ${JSON.stringify(value)}, expected unix:///path or tcp://host:port`,
  );
});
