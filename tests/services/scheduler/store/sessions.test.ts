import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, SessionId } from "#shared/model.ts";
import { findBuild } from "../../../../services/scheduler/store/builds.ts";
import { findSession, markPlanned } from "../../../../services/scheduler/store/sessions.ts";
import { writeSteps } from "../../../../services/scheduler/store/write-steps.ts";
import { insertOrder, insertPackage } from "../../../support/rows.ts";
import { makeWorld } from "../../../support/world.ts";

const setup = async () => {
  const world = await makeWorld();
  const { pkgbase } = await insertPackage(world.state, "app");
  const build = v.parse(BuildId, crypto.randomUUID());
  const order = async (orderedAt: number) => {
    const id = v.parse(SessionId, crypto.randomUUID());
    const ordered = { pkgbase, build: v.parse(BuildId, crypto.randomUUID()), source: null };
    await world.state.write((transaction) =>
      insertOrder(transaction, {
        session: { id, reason: "manual", resolve: true, force: true, orderedAt },
        wanted: [ordered],
      }),
    );
    return { id: v.parse(SessionId, id), ...ordered };
  };
  return { ...world, build, order };
};

test("a plan that comes second changes nothing of the first", async () => {
  await using it = await setup();
  const { id } = await it.order(1);

  const first = await it.state.write((transaction) => markPlanned(transaction, id, 2));
  const second = await it.state.write((transaction) => markPlanned(transaction, id, 3));

  expect([first, second]).toEqual([true, false]);
  expect((await findSession(it.state, id))?.plannedAt).toBe(2);
});

test("a session ordered after another that is not done is the later one, whatever the clock says", async () => {
  await using it = await setup();
  const first = await it.order(1_000);

  const second = await it.order(10);

  expect((await findSession(it.state, first.id))?.orderedAt).toBe(1_000);
  expect((await findSession(it.state, second.id))?.orderedAt).toBe(1_001);
  expect((await findBuild(it.state, second.build))?.orderedAt).toBe(1_001);
});

test("builds of a package are counted from 0, and one that is forgotten leaves no gap", async () => {
  await using it = await setup();
  const first = await it.order(1);
  const second = await it.order(2);
  const third = await it.order(3);
  const numberOf = async (id: BuildId) => (await findBuild(it.state, id))?.number;
  const before = await Promise.all([first, second, third].map(({ build }) => numberOf(build)));

  await it.state.write((transaction) =>
    writeSteps(transaction, new Map([[second.build, { forget: true, publications: [] }]])),
  );

  const after = await Promise.all([first, second, third].map(({ build }) => numberOf(build)));
  expect([before, after]).toEqual([
    [0, 1, 2],
    [0, undefined, 1],
  ]);
  expect(await numberOf((await it.order(4)).build)).toBe(2);
});
