import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import { decideRelease, type Unfinished } from "../../../services/scheduler/decide-release.ts";
import { seeded } from "../../support/seeded.ts";

const terms = { places: 5, ignoreFailed: false };
const session = v.parse(SessionId, "00000000-0000-4000-8000-000000000000");

/** A build's id from its package's name: `app` is one build, `app'` the next. */
const idOf = (name: string) => {
  const digits = Buffer.from(name).toString("hex").padStart(12, "0");
  return v.parse(BuildId, `00000000-0000-4000-8000-${digits}`);
};

const build = (name: string, state: string, needs: readonly string[] | null = []): Unfinished => ({
  id: idOf(name),
  session,
  pkgbase: v.parse(Pkgbase, name.replaceAll("'", "")),
  state,
  needs: needs?.map(idOf) ?? null,
});

/** The steps for these builds, by the name of the build. `over` are builds that have ended. */
const decide = (
  unfinished: readonly Unfinished[],
  over: readonly Unfinished[] = [],
  given: Partial<typeof terms> = {},
) => {
  const needs = new Map([...unfinished, ...over].map(({ id, ...need }) => [id, need]));
  const steps = decideRelease(unfinished, needs, { ...terms, ...given });
  return steps.map(({ id, ...step }) => {
    const name = unfinished.find((it) => it.id === id)?.pkgbase;
    return "message" in step ? `${step.kind} ${name}: ${step.message}` : `${step.kind} ${name}`;
  });
};

test("a build starts when nothing that it needs is unfinished", () => {
  expect(
    decide([build("lib", "running"), build("tool", "pending"), build("app", "pending", ["lib"])]),
  ).toEqual(["start tool"]);
});

test("a build whose session is not planned yet waits", () => {
  expect(decide([build("lib", "pending", null)])).toEqual([]);
});

test("a need that is gone had nothing to do, and holds up nothing", () => {
  expect(decide([build("app", "pending", ["lib"])])).toEqual(["start app"]);
});

test("the second build of a package waits for the first", () => {
  expect(decide([build("app", "publishing"), build("app'", "pending")])).toEqual([]);
});

test("a session has only so many builds at work", () => {
  const builds = [build("a", "requested"), build("b", "pending"), build("c", "pending")];

  expect(decide(builds, [], { places: 2 })).toEqual(["start b"]);
});

test.each(["failure", "fatal", "cancelled"])("a need that ended as %s cancels", (state) => {
  expect(decide([build("app", "pending", ["lib"])], [build("lib", state)])).toEqual([
    "cancel app: failed to build dependency lib successfully",
  ]);
});

test("the build that failed is named before one that was cancelled for it", () => {
  const over = [build("mid", "cancelled"), build("lib", "failure")];

  expect(decide([build("app", "pending", ["mid", "lib"])], over)).toEqual([
    "cancel app: failed to build dependency lib successfully",
  ]);
});

test("a failed need holds up nothing where failures are to be ignored", () => {
  const over = [build("lib", "failure")];

  expect(decide([build("app", "pending", ["lib"])], over, { ignoreFailed: true })).toEqual([
    "start app",
  ]);
});

const wayOut =
  "so none of them can be built first; take one of these dependencies out of its recipe, for instance a checkdepends";

test("builds that wait only for one another are orphans, with everything behind them", () => {
  const builds = [
    build("a", "pending", ["b"]),
    build("b", "pending", ["a"]),
    build("behind", "pending", ["a", "b"]),
    build("free", "pending"),
  ];

  expect(decide(builds)).toEqual([
    `orphan a: package was orphaned in the build process, waiting for b: a needs b, b needs a, ${wayOut}`,
    `orphan b: package was orphaned in the build process, waiting for a: b needs a, a needs b, ${wayOut}`,
    `orphan behind: package was orphaned in the build process, waiting for a, b: a needs b, b needs a, ${wayOut}`,
    "start free",
  ]);
});

test("of a long circle some needs are named", () => {
  const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
  const builds = names.map((name, i) => build(name, "pending", [names[(i + 1) % 12] ?? ""]));

  const [first] = decide(builds);

  expect(first).toContain(": p0 needs p1, p1 needs p2, ");
  expect(first).toContain(`p7 needs p8 and 4 more such needs, ${wayOut}`);
});

test("a cycle is judged only when what it waits for besides has ended", () => {
  const builds = [
    build("x", "running"),
    build("a", "pending", ["b", "x"]),
    build("b", "pending", ["a", "x"]),
  ];

  expect(decide(builds)).toEqual([]);
});

test("a failure cancels what waits for it over other builds", () => {
  const builds = [
    build("top", "pending", ["mid"]),
    build("mid", "pending", ["lib"]),
    build("free", "pending"),
  ];

  expect(decide(builds, [build("lib", "failure")])).toEqual([
    "cancel top: failed to build dependency lib successfully",
    "cancel mid: failed to build dependency lib successfully",
    "start free",
  ]);
});

test("a later build of a package that is at work already holds up an earlier one", () => {
  expect(decide([build("app", "pending"), build("app'", "running")])).toEqual([]);
});

/** Builds that need one another at random, in cycles too. */
const drawBuilds = (seed: number) => {
  const random = seeded(seed);
  const pick = <T>(items: readonly [T, ...T[]]): T =>
    items[Math.floor(random() * items.length)] ?? items[0];
  const names = Array.from({ length: 12 }, (_, at) => `n${at}`);
  const all = names.map((name) =>
    build(
      name,
      pick(["pending", "pending", "pending", "running", "success", "failure", "cancelled"]),
      random() < 0.25 ? null : names.filter(() => random() < 0.15),
    ),
  );
  const ended = new Set(["success", "failure", "cancelled"]);
  return {
    unfinished: all.filter(({ state }) => !ended.has(state)),
    over: all.filter(({ state }) => ended.has(state)),
  };
};

/** The kinds of steps by the plainest definition: a walk of all that each build waits for. */
const decideSlowly = (unfinished: readonly Unfinished[], over: readonly Unfinished[]) => {
  const byId = new Map([...unfinished, ...over].map((it) => [it.id, it]));
  const waitsOf = ({ state, needs }: Unfinished) => (state === "pending" && needs) || [];
  const walk = (from: Unfinished) => {
    const reached = new Set<Unfinished>();
    const visit = (at: Unfinished) => {
      for (const need of waitsOf(at).flatMap((id) => byId.get(id) ?? [])) {
        if (reached.has(need)) continue;
        reached.add(need);
        visit(need);
      }
    };
    visit(from);
    return [...reached];
  };
  const isOver = (it: Unfinished) => over.includes(it);
  const needsOf = (it: Unfinished) => waitsOf(it).flatMap((id) => byId.get(id) ?? []);
  /** It will come to an end by itself: its needs are over, or it waits for no plan and no other build. */
  const mayEnd = (it: Unfinished) => !isOver(it) && needsOf(it).every(isOver);
  return unfinished.flatMap((it) => {
    if (it.state !== "pending" || it.needs === null) return [];
    const reached = walk(it);
    if (reached.some(({ state }) => state === "failure" || state === "cancelled"))
      return [`cancel ${it.pkgbase}`];
    if (mayEnd(it)) return [`start ${it.pkgbase}`];
    return reached.some(mayEnd) ? [] : [`orphan ${it.pkgbase}`];
  });
};

test("what is cancelled, started and orphaned is what a walk from each build finds", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { unfinished, over } = drawBuilds(seed);

    const steps = decide(unfinished, over, { places: 100 });

    expect([seed, steps.map((step) => step.replace(/:.*/, ""))]).toEqual([
      seed,
      decideSlowly(unfinished, over),
    ]);
  }
});
