import { expect, test } from "vitest";
import { enginePaths } from "../../../cli/setup/engine-paths.ts";

test("everything lies under the data directory", () => {
  expect(enginePaths("/srv/kiln", "/tmp")).toEqual({
    directory: "/srv/kiln/docker",
    runtime: "/srv/kiln/docker",
    dataRoot: "/srv/kiln/docker/data",
    log: "/srv/kiln/docker/dockerd.log",
    pidFile: "/srv/kiln/docker/dockerd.pid",
    ownerFile: "/srv/kiln/docker/owner.pid",
    socket: "/srv/kiln/docker/docker.sock",
    execRoot: "/srv/kiln/docker/exec",
    containerdPidFile: "/srv/kiln/docker/exec/containerd/containerd.pid",
  });
});

test("sockets whose path would be cut off move to a short directory, data stays", () => {
  const deep = `/home/${"long/".repeat(15)}data`;

  const { dataRoot, runtime, socket } = enginePaths(deep, "/tmp");

  expect(dataRoot).toBe(`${deep}/docker/data`);
  expect(runtime).toMatch(/^\/tmp\/kiln-docker-[0-9a-f]{12}$/);
  expect(socket).toBe(`${runtime}/docker.sock`);
});

test("two data directories never share that short directory", () => {
  const [one, two] = ["a", "b"].map((name) => enginePaths(`/${name.repeat(100)}`, "/tmp").runtime);

  expect(one).not.toBe(two);
});
