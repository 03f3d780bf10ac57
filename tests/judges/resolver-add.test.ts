import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { generateSrcinfo, resolveAdd, type SourceSpec } from "#shared/messages/resolve.ts";
import { sources } from "#shared/state/sources.ts";
import { recipe } from "../support/recipe.ts";
import { startResolver } from "../support/resolver.ts";

const setup = async (environment: Readonly<Record<string, string>> = {}) => {
  const it = await startResolver(environment);
  const { bus, state } = it.world;
  const add = (spec: unknown, replace = false) =>
    bus.ask(resolveAdd, { spec: spec as SourceSpec, replace });
  return { ...it, add, rows: () => state.read.select().from(sources) };
};

const chain = [
  recipe({ pkgbase: "demo-app", depends: ["demo-mid>=2"], makedepends: ["cmake"] }),
  recipe({ pkgbase: "demo-mid", version: "1:2-1", depends: ["demo-lib", "bash"] }),
  recipe({ pkgbase: "demo-lib", depends: ["glibc"], checkdepends: ["sh"] }),
];

test("a chain of three comes whole: the asked-for package, then each dependency before what needs it", async () => {
  await using it = await setup();
  for (const package_ of chain) await it.aur.add(package_);

  const answer = await it.add({ type: "aur", name: "demo-app" });

  const source = expect.any(String);
  expect(answer).toEqual({
    kind: "resolved",
    packages: [
      { pkgbase: "demo-app", source, devel: false, dependency: false },
      { pkgbase: "demo-lib", source, devel: false, dependency: true },
      { pkgbase: "demo-mid", source, devel: false, dependency: true },
    ],
  });
  const rows = await it.rows();
  expect(
    rows.map(({ pkgbase, spec, state, srcinfo }) => ({ pkgbase, spec, state, srcinfo })),
  ).toEqual([
    {
      pkgbase: "demo-app",
      spec: { type: "aur", name: "demo-app" },
      state: "1-1",
      srcinfo: chain[0]?.srcinfo,
    },
    {
      pkgbase: "demo-lib",
      spec: { type: "aur", name: "demo-lib" },
      state: "1-1",
      srcinfo: chain[2]?.srcinfo,
    },
    {
      pkgbase: "demo-mid",
      spec: { type: "aur", name: "demo-mid" },
      state: "1:2-1",
      srcinfo: chain[1]?.srcinfo,
    },
  ]);
});
