import * as v from "valibot";
import { expect, test } from "vitest";
import { buildEnded, buildPending, buildStarted } from "#shared/messages/build.ts";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";
import { framesOf } from "../../../support/frames-of.ts";
import { openNotifiedHub, unfinishedIn } from "../../../support/live.ts";
import { makeWorld } from "../../../support/world.ts";

const pkgbase = v.parse(Pkgbase, "foo");

const aboutNewBuild = (at: number) => ({
  build: v.parse(BuildId, crypto.randomUUID()),
  pkgbase,
  arch: "x86_64",
  at,
});

const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const hub = stack.use(
    await openNotifiedHub(world.bus, {
      log: world.log,
      pause: world.pause,
      now: world.now,
      findUnfinished: async () => unfinishedIn(world.bus),
      pingInterval: 1_000_000,
    }),
  );
  const resources = stack.move();
  return { world, hub, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

test("the messages of a build that ended long ago are not passed on when they arrive once more", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const old = aboutNewBuild(it.world.now() - minutes(10));
  const build = aboutNewBuild(it.world.now());

  await it.world.publish(buildEnded, { ...old, state: "failure", message: null });
  await it.world.publish(buildPending, old);
  await it.world.publish(buildStarted, old);
  await it.world.publish(buildPending, build);
  await it.world.publish(buildEnded, { ...build, state: "cancelled", message: "no" });

  expect(await framesOf(stream, 2)).toEqual([
    'id: foo\nevent: change\ndata: {"state":"pending"}',
    'id: foo\nevent: change\ndata: {"info":"no","state":"cancelled"}',
  ]);
});

test("an end that arrives before all else of its build is passed on", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const build = aboutNewBuild(it.world.now());

  await it.world.publish(buildEnded, { ...build, state: "current", message: null });

  const frames = await framesOf(stream, 3);
  expect(frames.at(-1)).toBe('id: foo\nevent: change\ndata: {"state":"success"}');
});
