import { expect, test } from "vitest";
import { publishRequested, retirePackage } from "#shared/messages/repo.ts";
import { start } from "#shared/service/start.ts";
import { generations } from "#shared/state/repo.ts";
import { open } from "../../../services/repo/context.ts";
import { repo } from "../../../services/repo/service.ts";
import { loadView, type View } from "../../../services/repo/view.ts";
import { signer } from "../../../services/signer/service.ts";
import { makeBuild } from "../../support/repo.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";
import { seeded } from "../../support/seeded.ts";
import { makeWorld } from "../../support/world.ts";

/** A repo whose views can be looked at. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const settings = { DATA_DIR: world.directory, SIGN_KEY_GENERATE: "true" };
  stack.use(await start(signer, settings, world));
  const opened = Promise.withResolvers<() => Promise<View>>();
  const watched: typeof repo = {
    ...repo,
    async open(base) {
      const context = await open(base);
      opened.resolve(context.view);
      return context;
    },
  };
  stack.use(await start(watched, settings, world));
  const view = await opened.promise;
  await expect.poll(() => world.state.read.$count(generations)).toBe(1);
  const resources = stack.move();
  return { world, view, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

const names = ["a", "b", "c", "d"];

test.each([1, 2, 3])(
  "what a repo remembers is what its tables hold, over any changes (%i)",
  async (seed) => {
    await using it = await setup();
    const { clock, state } = it.world;
    for (const name of names) await insertPackage(state, name);
    const random = seeded(seed);
    const pick = <T>(all: readonly T[], otherwise: T) =>
      all[Math.floor(random() * all.length)] ?? otherwise;

    for (let change = 1; change <= 12; change++) {
      const name = pick(names, "a");
      clock.at += 1_000;
      if (random() < 0.75) {
        const pkgnames = pick([[name], [name, `${name}-doc`], [`${name}-doc`]], [name]);
        const version = `${Math.ceil(change / 3)}-1`;
        const build = await makeBuild(it.world, { pkgbase: name, pkgnames, version });
        await it.world.publish(publishRequested, { build });
      } else {
        const pkgbase = await hidePackage(state, name, clock.at);
        await it.world.ask(retirePackage, { pkgbase });
        await deletePackage(state, name);
        await insertPackage(state, name, { addedAt: clock.at });
      }

      expect(await it.view()).toEqual(await loadView(state.read, "serene"));
    }
  },
);

test("what another process made is read from the tables", async () => {
  await using it = await setup();
  const settings = { DATA_DIR: it.world.directory };
  await insertPackage(it.world.state, "a");
  await it.view();
  await using _other = await start(repo, settings, { ...it.world });
  const build = await makeBuild(it.world, { pkgbase: "a" });

  await it.world.publish(publishRequested, { build });

  expect(await it.view()).toEqual(await loadView(it.world.state.read, "serene"));
  expect([...(await it.view()).published.keys()]).toEqual(["a"]);
});
