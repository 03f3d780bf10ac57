import { expect, test } from "vitest";
import { createOptions } from "../../../../services/builder/docker/create-options.ts";

const spec = {
  image: "runner",
  labels: { "kiln.builder": "x" },
  memory: 1024,
  cpus: 1.5,
  processes: 64,
  network: true,
  lifetime: 1_500,
};

test("a container has few rights, its limits, and no more time than it needs", () => {
  const options = createOptions(spec, undefined);

  expect(options.Entrypoint?.slice(-1)).toEqual(["2"]);
  expect(options.HostConfig).toMatchObject({
    AutoRemove: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Memory: 1024,
    MemorySwap: 1024,
    NanoCpus: 1_500_000_000,
    PidsLimit: 64,
    ShmSize: 512,
  });
  expect(options.HostConfig).not.toHaveProperty("Privileged");
  expect(options.HostConfig).not.toHaveProperty("Binds");
});

test.each([
  ["none", "none"],
  ["kiln-builds", "kiln-builds"],
  [undefined, undefined],
])("a container is in the network %s that it is to be in", (network, expected) => {
  expect(createOptions(spec, network).HostConfig?.NetworkMode).toBe(expected);
});
