import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { planFinished, planRequested, sessionEnded } from "#shared/messages/plan.ts";
import { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { planEntries, planNeeds, plans } from "#shared/state/plans.ts";
import { officialDatabases, sources } from "#shared/state/sources.ts";
import { giveUpPlan } from "../../services/resolver/plan-session.ts";
import { recipe } from "../support/recipe.ts";
import { quiet, startResolver } from "../support/resolver.ts";
import { insertOrder, insertPackages, insertServed, withoutMessages } from "../support/rows.ts";

const pkgbuild = { sha256: "a".repeat(64), bytes: 1 };

test("a chain is ordered, and its dependencies wait for nobody", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo-app", depends: ["demo-mid"] }));
  await it.aur.add(recipe({ pkgbase: "demo-mid", depends: ["demo-lib", "glibc"] }));
  await it.aur.add(recipe({ pkgbase: "demo-lib" }));
  await it.adopt({ type: "aur", name: "demo-app" });

  expect(await it.plan(["demo-app", "demo-lib", "demo-mid"])).toEqual([
    { ...quiet, pkgbase: "demo-app", needs: ["demo-mid"] },
    { ...quiet, pkgbase: "demo-lib" },
    { ...quiet, pkgbase: "demo-mid", needs: ["demo-lib"] },
  ]);
  expect(await it.plan(["demo-app"], ["demo-mid"])).toEqual([
    { ...quiet, pkgbase: "demo-app", needs: ["demo-mid"] },
  ]);
  expect(await it.plan(["demo-mid", "gone"])).toEqual([
    { ...quiet, pkgbase: "demo-mid", missing: ["demo-lib"], unbuilt: ["demo-lib"] },
    {
      ...quiet,
      pkgbase: "gone",
      source: null,
      problem: "package with base gone is not added",
      problemKind: "gone",
    },
  ]);
});

test("the AUR is asked once about all packages of a session", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "one" }));
  await it.aur.add(recipe({ pkgbase: "two", packages: { "two-a": [], "two-b": [] } }));
  await it.adopt({ type: "aur", name: "one" });
  await it.adopt({ type: "aur", name: "two-b" });
  const before = { ...it.aur.requests };

  await it.plan(["one", "two"]);

  expect(it.aur.requests).toEqual({ rpc: before.rpc + 1, git: before.git });
});

test("a mirror that is gone counts as it was last seen", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo", depends: ["glibc"] }));
  await it.adopt({ type: "aur", name: "demo" });
  const known = await it.world.state.read.select().from(officialDatabases);
  await writeFile(join(it.world.directory, "mirror/core/os/x86_64/core.db"), "<html>no database");

  const plan = await it.plan(["demo"]);

  expect(plan).toEqual([{ ...quiet, pkgbase: "demo" }]);
  expect(await it.world.state.read.select().from(officialDatabases)).toEqual(known);
});

test("what is published meets a need, in the version that it has", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "needy", depends: ["lib>=2", "lib<9"] }));
  await it.aur.add(recipe({ pkgbase: "lib", version: "3-1" }));
  await it.adopt({ type: "aur", name: "needy" });
  await it.publish("lib");
  await insertServed(it.world.state, "lib");

  expect(await it.plan(["needy"])).toEqual([
    { ...quiet, pkgbase: "needy", needs: ["file/lib"], missing: ["lib>=2"] },
  ]);
});

test("a removed package's sources go, and those of one added again stay", async () => {
  await using it = await startResolver();
  await it.aur.add(recipe({ pkgbase: "demo" }));
  const pkgbase = v.parse(Pkgbase, "demo");
  await it.adopt({ type: "aur", name: "demo" });
  const removedAt = it.world.now();
  await it.world.state.write((transaction) => transaction.delete(packages));
  it.world.clock.at += 1_000;
  await it.adopt({ type: "aur", name: "demo" });

  await it.world.publish(packageRemoved, { pkgbase, at: removedAt });

  const [kept, ...others] = await it.rows();
  expect(others).toEqual([]);
  expect(kept).toEqual(await it.sourceOf("demo"));
});

test("a plan that is finished is not made again, and goes when its session has ended", async () => {
  await using it = await startResolver();
  const { bus, state } = it.world;
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.adopt({ type: "aur", name: "demo" });
  await it.plan(["demo"]);
  const [plan] = await state.read.select().from(plans);
  const before = it.aur.requests.rpc;

  await it.world.publish(planRequested, { session: plan?.session ?? "", resolve: true });
  const finished = bus.sent(planFinished);
  await it.world.publish(sessionEnded, { session: plan?.session ?? "", at: 1 });

  expect(finished).toEqual([
    { session: plan?.session, at: plan?.finishedAt },
    { session: plan?.session, at: plan?.finishedAt },
  ]);
  expect(it.aur.requests.rpc).toBe(before);
  const left = [plans, planEntries, planNeeds].map((table) => state.read.$count(table));
  expect(await Promise.all(left)).toEqual([0, 0, 0]);
});

test("what a resolver that died has left of a plan is not part of the plan", async () => {
  await using it = await startResolver();
  const { state } = it.world;
  await it.aur.add(recipe({ pkgbase: "demo" }));
  await it.adopt({ type: "aur", name: "demo" });
  const session = v.parse(SessionId, it.world.newId());
  await state.write(async (transaction) => {
    await transaction
      .insert(planNeeds)
      .values({ session, pkgbase: "demo", needs: "gone", published: false });
  });
  const order = { reason: "manual", resolve: true, force: false, orderedAt: 1 } as const;
  await state.write((transaction) =>
    transaction.insert(sessions).values({ id: session, ...order }),
  );

  await it.world.publish(planRequested, { session, resolve: true });

  expect(await state.read.select().from(plans)).toMatchObject([{ session, problem: null }]);
  expect(await state.read.$count(planNeeds)).toBe(0);
});

/** A session that orders packages. */
const order = async (
  it: Awaited<ReturnType<typeof startResolver>>,
  packages: readonly Pkgbase[],
) => {
  const id = v.parse(SessionId, it.world.newId());
  await it.world.state.write((transaction) =>
    insertOrder(transaction, {
      session: { id, reason: "manual", resolve: true, force: false, orderedAt: 1 },
      wanted: packages.map((pkgbase) => ({
        pkgbase,
        build: v.parse(BuildId, it.world.newId()),
        source: null,
      })),
    }),
  );
  return id;
};

test("a stored source that is damaged is a problem of its package alone", async () => {
  await using it = await startResolver();
  const { state } = it.world;
  const names = await insertPackages(state, ["broken", "whole"]);
  const spec = { type: "raw", pkgbuild, devel: false } as const;
  await state.write(async (transaction) => {
    await transaction.update(packages).set({ spec });
    await transaction
      .update(sources)
      .set({ srcinfo: "no .SRCINFO" })
      .where(eq(sources.pkgbase, v.parse(Pkgbase, "broken")));
  });
  const session = await order(it, names);

  await it.world.publish(planRequested, { session, resolve: true });

  const entries = await state.read.select().from(planEntries).orderBy(planEntries.pkgbase);
  expect(entries.map(({ pkgbase, problem }) => [pkgbase, problem])).toEqual([
    ["broken", 'line 1: expected "name = value", not "no .SRCINFO"'],
    ["whole", null],
  ]);
});

test("a session that cannot be planned has a plan that says why", async () => {
  await using it = await startResolver();
  const state = withoutMessages(it.world.state);
  const session = await order(it, await insertPackages(state, ["demo"]));

  await giveUpPlan(
    { now: it.world.now, state },
    { session, resolve: true },
    new Fault("invalid", "no plan"),
  );

  expect(await state.read.select().from(plans)).toEqual([
    { session, finishedAt: it.world.now(), problem: "no plan" },
  ]);
});
