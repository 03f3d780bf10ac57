import * as v from "valibot";
import { expect, test } from "vitest";
import { Pkgbase, SessionId } from "#shared/model.ts";
import { sessions } from "#shared/state/builds.ts";
import { insertRows } from "#shared/state/insert-rows.ts";
import { planEntries } from "#shared/state/plans.ts";
import { makeWorld } from "../../support/world.ts";

const session = v.parse(SessionId, "00000000-0000-4000-8000-000000000000");

const entryOf = (name: string) => ({
  session,
  pkgbase: v.parse(Pkgbase, name),
  source: null,
  current: name === "lib",
  problem: `"${name}", it's\n1 \u{1F600}`,
  problemKind: null,
  missing: [name, "x>=1"],
  unbuilt: [],
});

test("rows come out as they went in: text, numbers, booleans, JSON and what is absent", async () => {
  await using world = await makeWorld();
  const entries = ["app", "lib"].map(entryOf);

  await world.state.write((transaction) => insertRows(transaction, planEntries, entries));

  expect(await world.state.read.select().from(planEntries)).toEqual(entries);
});

test("columns that the rows do not have get their defaults, and rows that are there already stay", async () => {
  await using world = await makeWorld();
  const row = { id: session, reason: "manual", resolve: true, force: false } as const;

  await world.state.write(async (transaction) => {
    await insertRows(transaction, sessions, [{ ...row, orderedAt: 1 }]);
    await insertRows(transaction, sessions, [{ ...row, orderedAt: 2 }]);
    await insertRows(transaction, sessions, []);
  });

  expect(await world.state.read.select().from(sessions)).toEqual([
    { ...row, orderedAt: 1, completeAt: 0, announcedAt: 0, plannedAt: null },
  ]);
});
