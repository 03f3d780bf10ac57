import { expect, test } from "vitest";
import { publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { startRepo } from "../../support/repo.ts";

const setup = (packages: readonly string[]) => startRepo({}, { packages });

test("a publish says which packages it breaks and which version went back, and keeps that", async () => {
  await using it = await setup(["lib", "app"]);
  await it.publish({ pkgbase: "lib", version: "1:1-1", provides: ["liblib.so=1-64"] });
  await it.publish({ pkgbase: "app", depends: ["liblib.so=1-64"] });

  const build = await it.publish({ pkgbase: "lib", version: "2-1", provides: ["liblib.so=2-64"] });
  await it.world.publish(publishRequested, { build });

  const impacts = it.world.bus.sent(repoPublished).map(({ impact }) => impact);
  const impact = {
    breaks: [{ pkgname: "app", pkgbase: "app", dependency: "liblib.so=1-64" }],
    backwards: [{ pkgname: "lib", from: "1:1-1", to: "2-1" }],
  };
  const none = { breaks: [], backwards: [] };
  expect(impacts).toEqual([none, none, impact, impact]);
});

test("a member that goes from its package breaks what depends on it", async () => {
  await using it = await setup(["foo", "app"]);
  await it.publish({ pkgnames: ["foo", "foo-libs"] });
  await it.publish({ pkgbase: "app", depends: ["foo-libs"] });

  await it.publish({ version: "2.0-1", pkgnames: ["foo"] });

  expect(it.world.bus.sent(repoPublished).at(-1)?.impact).toEqual({
    breaks: [{ pkgname: "app", pkgbase: "app", dependency: "foo-libs" }],
    backwards: [],
  });
});
