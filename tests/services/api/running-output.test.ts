import * as v from "valibot";
import { expect, test } from "vitest";
import type { Follow } from "#shared/bus/bus.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { BuildId } from "#shared/model.ts";
import { openRunningOutput } from "../../../services/api/running-output.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async (most?: number) => {
  const world = await makeWorld();
  const follows = { begun: 0 };
  const follow: Follow = (...given) => {
    follows.begun += 1;
    return world.follow(...given);
  };
  const build = v.parse(BuildId, world.newId());
  await world.publish(buildOutput, { build, startedAt: 1, index: 0, text: "0123456789" });
  return {
    build,
    other: v.parse(BuildId, world.newId()),
    follows,
    read: openRunningOutput({ follow, pause: world.pause }, most),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test("many who read the output of one build share a consumer", async () => {
  await using it = await setup();

  const outputs = await Promise.all(Array.from({ length: 50 }, () => it.read(it.build)));

  expect(outputs.map((output) => [...output])).toEqual(outputs.map(() => ["0123456789"]));
  expect(it.follows.begun).toBe(1);
});

test("what readers hold together is limited, and free when the last of them is done", async () => {
  await using it = await setup(15);
  const [one, same] = await Promise.all([it.read(it.build), it.read(it.build)]);
  const later = await it.read(it.build);

  const refused = it.read(it.other);
  await expect(refused).rejects.toMatchObject({ kind: "unavailable" });
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  await expect(it.read(it.other)).rejects.toMatchObject({ kind: "unavailable" });
  same[Symbol.dispose]();
  using other = await it.read(it.other);

  expect([...other]).toEqual([]);
  later[Symbol.dispose]();
});
