import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { takePackages } from "../../../services/builder/collect.ts";
import { openOutput, zstd } from "../../../services/builder/output.ts";
import { fakeEngine } from "../../support/fake-containers.ts";
import { makeWorld } from "../../support/world.ts";

test("who stops while packages are taken lets go of the container's files", async () => {
  await using world = await makeWorld();
  await using output = openOutput({ ...world, compress: zstd }, async () => {});
  const { engine } = fakeEngine();
  const endless = new Readable({ read() {} });
  const container = { ...(await engine.start(spec)), take: async () => endless };
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const taking = takePackages({
    container,
    output,
    blobs: world.blobs,
    pause: world.pause,
    stopped,
  });

  stopping.abort();

  await expect(taking).rejects.toMatchObject({ name: "AbortError" });
  expect(endless.destroyed).toBe(true);
});

const spec = {
  ...{ image: "runner", labels: {}, memory: 1, cpus: 0, processes: 1 },
  ...{ network: false, lifetime: 1 },
};
