import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureDocker } from "../../../cli/setup/docker-engine.ts";
import { startFakeEngine } from "../../support/fake-engine.ts";
import { makeScratch } from "../../support/scratch.ts";

const wish = { dataDirectory: "/nonexistent", mayInstall: false, say: () => {} };

test("DOCKER_URL goes before DOCKER_HOST", async () => {
  await using engine = await startFakeEngine({});

  await using found = await ensureDocker({
    ...wish,
    dockerUrl: engine.url,
    dockerHost: "tcp://127.0.0.1:1",
  });

  expect(found.url).toBe(engine.url);
});

test("DOCKER_HOST is taken where there is no DOCKER_URL, empty counting as none", async () => {
  await using engine = await startFakeEngine({});

  await using found = await ensureDocker({ ...wish, dockerUrl: "", dockerHost: engine.url });

  expect(found.url).toBe(engine.url);
});

test("a given engine that does not answer is a fault, and nothing else is tried", async () => {
  await using scratch = await makeScratch();
  const dockerUrl = `unix://${join(scratch.path, "docker.sock")}`;

  await expect(ensureDocker({ ...wish, dockerUrl })).rejects.toMatchObject({
    kind: "unavailable",
    message: `no docker engine answers at DOCKER_URL=${dockerUrl}; start it, or unset DOCKER_URL to let kiln find or start one`,
  });
});
