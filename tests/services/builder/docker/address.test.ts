import { expect, test } from "vitest";
import { addressOf } from "../../../../services/builder/docker/address.ts";

test.each([
  ["unix:///run/docker.sock", { socketPath: "/run/docker.sock" }],
  ["/run/docker.sock", { socketPath: "/run/docker.sock" }],
  ["tcp://10.0.0.1:2376", { host: "10.0.0.1", port: 2376 }],
  ["tcp://engine", { host: "engine", port: 2375 }],
  ["http://engine:80/", { host: "engine", port: 80 }],
])("%s is understood as serene does", (url, address) => {
  expect(addressOf(url)).toMatchObject(address);
});
