import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { decideSession, type Planned } from "../../../services/scheduler/decide-session.ts";

const base = (name: string) => v.parse(Pkgbase, name);

const ordered = (name: string) => ({
  id: v.parse(
    BuildId,
    `00000000-0000-4000-8000-${Buffer.from(name).toString("hex").padStart(12, "0")}`,
  ),
  pkgbase: base(name),
});

const planned = (
  name: string,
  { needs = [], ...rest }: Partial<Omit<Planned, "needs">> & { needs?: string[] } = {},
): Planned => ({
  pkgbase: base(name),
  source: null,
  current: false,
  missing: [],
  unbuilt: [],
  problem: null,
  ...rest,
  needs: needs.map(base),
});

/** The decisions by package, with the builds that are waited for by their packages' names. */
const decide = (plan: readonly Planned[], { force = true, elsewhere = [] as string[] } = {}) => {
  const builds = plan.map(({ pkgbase }) => ordered(pkgbase));
  const others = elsewhere.map(ordered);
  const decisions = decideSession(builds, plan, { force, elsewhere: others });
  const nameOf = (id: BuildId) => [...builds, ...others].find((it) => it.id === id)?.pkgbase;
  return Object.fromEntries(
    [...decisions].map(([id, it]) => [
      nameOf(id),
      it.kind === "wait" ? it.needs.map(nameOf) : it.kind === "cancel" ? it.message : it.kind,
    ]),
  );
};

test("builds wait for the builds of what they need", () => {
  expect(decide([planned("app", { needs: ["lib"] }), planned("lib")])).toEqual({
    app: ["lib"],
    lib: [],
  });
});

test("what is up to date is dropped, and nobody waits for it", () => {
  const plan = [planned("app", { needs: ["lib"] }), planned("lib", { current: true })];

  expect(decide(plan, { force: false })).toEqual({ app: [], lib: "drop" });
});

test("what is up to date is built all the same by force", () => {
  expect(decide([planned("lib", { current: true })])).toEqual({ lib: [] });
});

test("a build of an earlier session is waited for too", () => {
  expect(decide([planned("app", { needs: ["lib"] })], { elsewhere: ["lib"] })).toEqual({
    app: ["lib"],
  });
});

test("a missing dependency cancels a build and those behind it", () => {
  const plan = [
    planned("app", { needs: ["mid", "lib"] }),
    planned("mid", { needs: ["lib"] }),
    planned("lib", { missing: ["nowhere>=2", "gone"] }),
    planned("free"),
  ];

  expect(decide(plan)).toEqual({
    lib: "missing dependencies: nowhere>=2, gone",
    mid: "dependencies are added but have been cancelled: lib",
    app: "dependencies are added but have been cancelled: lib",
    free: [],
  });
});

test("a dependency that is a package, but was never built, is named as such", () => {
  const plan = [planned("app", { missing: ["lib>=2"], unbuilt: ["lib"] }), planned("free")];

  expect(decide(plan).app).toBe("dependency lib is added but has never built successfully");
});

test("one package alone is built whatever it lacks: its log says so better", () => {
  expect(decide([planned("app", { missing: ["nowhere"] })])).toEqual({ app: [] });
});
