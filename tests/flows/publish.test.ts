import { expect, test, vi } from "vitest";
import type { Payload } from "#shared/bus/declare.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { messages } from "#shared/messages/index.ts";
import { publishRefused, publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { start } from "#shared/service/start.ts";
import { repo } from "../../services/repo/service.ts";
import { signer } from "../../services/signer/service.ts";
import { startNats } from "../support/nats.ts";
import { makeBuild, type Wanted } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeWorld, silentLog } from "../support/world.ts";

const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const nats = stack.use(await startNats());
  const bus = stack.use(await connectJetStream({ servers: nats.url, messages, log: silentLog }));
  const onBus = { ...world, bus, publish: bus.publish, ask: bus.ask, follow: bus.follow };
  const environment = { DATA_DIR: world.directory, SIGN_KEY_GENERATE: "true" };
  stack.use(await start(signer, environment, onBus));
  stack.use(await start(repo, environment, onBus));
  await insertPackage(world.state, "foo");
  const published: Payload<typeof repoPublished>[] = [];
  const refused: Payload<typeof publishRefused>[] = [];
  stack.use(await bus.follow(repoPublished, "start", (it) => published.push(it)));
  stack.use(await bus.follow(publishRefused, "start", (it) => refused.push(it)));
  const resources = stack.move();
  return {
    world,
    nats,
    published,
    refused,
    request: async (wanted: Wanted = {}) => {
      const build = await makeBuild(world, wanted);
      await bus.publish(publishRequested, { build });
      return build;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("a build is published once, though it is asked for again and nats restarts in between", async () => {
  await using it = await setup();
  const first = await it.request();
  await vi.waitFor(() => expect(it.published).toHaveLength(1), { timeout: 15_000 });

  await it.nats.restart();
  const second = await it.request({ version: "2.0-1" });

  await vi.waitFor(() => expect(it.published).toHaveLength(2), { timeout: 15_000 });
  expect(it.published).toMatchObject([
    { build: first, packages: [{ pkgname: "foo", version: "1.0-1" }] },
    { build: second, packages: [{ pkgname: "foo", version: "2.0-1" }] },
  ]);
});

test("what is not as promised is refused over the bus", async () => {
  await using it = await setup();

  const build = await it.request({ made: { version: "9-9" } });

  await vi.waitFor(() => expect(it.refused).toMatchObject([{ build, pkgbase: "foo" }]), {
    timeout: 15_000,
  });
  expect(it.published).toEqual([]);
});
