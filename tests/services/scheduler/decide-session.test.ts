import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { decideSession } from "../../../services/scheduler/decide-session.ts";

const base = (name: string) => v.parse(Pkgbase, name);

const ordered = (name: string) => ({
  id: v.parse(
    BuildId,
    `00000000-0000-4000-8000-${Buffer.from(name).toString("hex").padStart(12, "0")}`,
  ),
  pkgbase: base(name),
});

type Package = {
  readonly pkgbase: string;
  readonly current?: boolean;
  readonly problem?: string;
  readonly problemKind?: "unasked" | "unfollowed";
  readonly missing?: readonly string[];
  readonly unbuilt?: readonly string[];
  /** `lib?`: a published lib would do. */
  readonly needs?: readonly string[];
};

type Given = {
  readonly force?: boolean;
  readonly endsUnlooked?: boolean;
  readonly elsewhere?: readonly string[];
  /** What published files between the packages need. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
};

/** The decisions by package, with the builds that are waited for by their packages' names. */
const decide = (
  packages: readonly Package[],
  { force = true, endsUnlooked = true, elsewhere = [], files = {} }: Given = {},
) => {
  const builds = packages.map(({ pkgbase }) => ordered(pkgbase));
  const others = elsewhere.map(ordered);
  const edges = [
    ...packages.flatMap(({ pkgbase, needs = [] }) => needs.map((it) => [pkgbase, it] as const)),
    ...Object.entries(files).flatMap(([file, needs]) => needs.map((it) => [file, it] as const)),
  ];
  const plan = {
    entries: packages.map((it) => ({
      pkgbase: base(it.pkgbase),
      source: null,
      current: it.current ?? false,
      problem: it.problem ?? null,
      problemKind: it.problemKind ?? null,
      missing: it.missing ?? [],
      unbuilt: it.unbuilt ?? [],
    })),
    needs: edges.map(([pkgbase, it]) => ({
      pkgbase,
      needs: it.replace("?", ""),
      published: it.endsWith("?"),
    })),
  };
  const decisions = decideSession(builds, plan, { force, endsUnlooked, elsewhere: others });
  const nameOf = (id: BuildId) => [...builds, ...others].find((it) => it.id === id)?.pkgbase;
  return Object.fromEntries(
    [...decisions]
      .flatMap((decided) => (decided ? [decided] : []))
      .map(([id, it]) => [
        nameOf(id),
        it.kind === "wait" ? it.needs.map(nameOf) : "message" in it ? it.message : it.kind,
      ]),
  );
};

test("builds wait for the builds of what they need", () => {
  expect(decide([{ pkgbase: "app", needs: ["lib"] }, { pkgbase: "lib" }])).toEqual({
    app: ["lib"],
    lib: [],
  });
});

test("what is up to date is dropped, and nobody waits for it", () => {
  const plan = [
    { pkgbase: "app", needs: ["lib"] },
    { pkgbase: "lib", current: true },
  ];

  expect(decide(plan, { force: false })).toEqual({ app: [], lib: "drop" });
});

test("what is up to date is built all the same by force", () => {
  expect(decide([{ pkgbase: "lib", current: true }])).toEqual({ lib: [] });
});

test.each([
  ["ends with the reason", { force: false }, "cannot ask the AUR"],
  ["is built all the same by force", { force: true }, []],
  ["is dropped where a schedule ordered it", { force: false, endsUnlooked: false }, "drop"],
])("what is published, and could not be looked at, %s", (_what, terms, decision) => {
  const plan = [
    { pkgbase: "lib", current: true, problem: "cannot ask the AUR", problemKind: "unasked" },
  ] as const;

  expect(decide(plan, terms)).toEqual({ lib: decision });
});

test("what could not be looked at is built where the copy of it is not published", () => {
  const plan = [{ pkgbase: "lib", problem: "cannot ask", problemKind: "unasked" }] as const;

  expect(decide(plan, { force: false })).toEqual({ lib: [] });
});

test("a build of an earlier session is waited for too", () => {
  expect(decide([{ pkgbase: "app", needs: ["lib"] }], { elsewhere: ["lib"] })).toEqual({
    app: ["lib"],
  });
});

test("a missing dependency cancels a build and those behind it", () => {
  const plan = [
    { pkgbase: "app", needs: ["mid", "lib"] },
    { pkgbase: "mid", needs: ["lib"] },
    { pkgbase: "lib", missing: ["nowhere>=2", "gone"] },
    { pkgbase: "free" },
  ];

  expect(decide(plan)).toEqual({
    lib: "missing dependencies: nowhere>=2, gone",
    mid: "dependencies are added but have been cancelled: lib",
    app: "dependencies are added but have been cancelled: lib",
    free: [],
  });
});

test("a dependency that is a package, but was never built, is named as such", () => {
  const plan = [{ pkgbase: "app", missing: ["lib>=2"], unbuilt: ["lib"] }, { pkgbase: "free" }];

  expect(decide(plan).app).toBe("dependency lib is added but has never built successfully");
});

test("one package alone is cancelled where it needs a package that was never built", () => {
  const plan = [{ pkgbase: "app", missing: ["lib>=1", "nowhere"], unbuilt: ["lib>=1"] }];

  expect(decide(plan).app).toBe("dependency lib>=1 is added but has never built successfully");
});

test("one package alone is built though nobody offers what it lacks: its log says so better", () => {
  expect(decide([{ pkgbase: "app", missing: ["nowhere"] }])).toEqual({ app: [] });
});

test("a build waits for the next builds only: those wait for what is behind them", () => {
  const packages = [
    { pkgbase: "app", needs: ["mid"] },
    { pkgbase: "mid", needs: ["lib"] },
    { pkgbase: "lib" },
  ];

  expect(decide(packages)).toEqual({ app: ["mid"], mid: ["lib"], lib: [] });
});

test("a build waits for what is behind a package that is up to date", () => {
  const packages = [
    { pkgbase: "app", needs: ["mid"] },
    { pkgbase: "mid", current: true, needs: ["lib"] },
    { pkgbase: "lib" },
  ];

  expect(decide(packages, { force: false })).toEqual({ app: ["lib"], mid: "drop", lib: [] });
});

test("a build waits for what is behind published files, in cycles of them too", () => {
  const packages = [{ pkgbase: "app", needs: ["file/one"] }, { pkgbase: "lib" }];
  const files = { "file/one": ["file/two"], "file/two": ["file/one", "lib"] };

  expect(decide(packages, { files })).toEqual({ app: ["lib"], lib: [] });
});

const cycle = (needs: string): readonly Package[] => [
  { pkgbase: "a", needs: [needs] },
  { pkgbase: "b", needs: ["a"] },
];

test("in a cycle each waits for the other", () => {
  expect(decide(cycle("b"))).toEqual({ a: ["b"], b: ["a"] });
});

test("a cycle opens where what is needed is published", () => {
  expect(decide(cycle("b?"))).toEqual({ a: [], b: ["a"] });
});

test("what is published is waited for all the same where there is no cycle", () => {
  expect(decide([{ pkgbase: "app", needs: ["lib?"] }, { pkgbase: "lib" }])).toEqual({
    app: ["lib"],
    lib: [],
  });
});
