import { expect, test } from "vitest";
import { buildEnded, sessionOrdered } from "#shared/messages/build.ts";
import { built, startScheduler } from "../../support/scheduler.ts";

const breaks = [
  { pkgname: "app", pkgbase: "app", dependency: "liblib.so=1-64" },
  { pkgname: "app-docs", pkgbase: "app", dependency: "lib=1" },
];

test("what a publish breaks is built again by a pkgrel of its own, ordered once, and the build says so", async () => {
  await using it = await startScheduler({ lib: [], app: ["lib"] });
  const { builds } = await it.order(["lib"]);
  const build = builds[0]?.build;
  if (!build) throw new Error("no build was ordered");
  await it.finish(build, built);

  await it.publish(build, { breaks, backwards: [] });
  await it.publish(build, { breaks, backwards: [] });

  expect(it.world.bus.sent(sessionOrdered)).toEqual([
    expect.objectContaining({ packages: ["app"], renumber: ["app"], reason: "manual" }),
  ]);
  expect(it.world.bus.sent(buildEnded)[0]).toMatchObject({
    pkgbase: "lib",
    state: "success",
    message: expect.stringContaining("breaks app, which depends on liblib.so=1-64"),
  });
  expect(it.requested()).toEqual(["lib", "app"]);
});

test("a publish that breaks nothing orders nothing", async () => {
  await using it = await startScheduler({ lib: [], app: ["lib"] });
  const { builds } = await it.order(["lib"]);
  const build = builds[0]?.build;
  if (!build) throw new Error("no build was ordered");
  await it.finish(build, built);

  await it.publish(build, { breaks: [], backwards: [] });

  expect(it.world.bus.sent(sessionOrdered)).toEqual([]);
  expect(it.world.bus.sent(buildEnded)[0]).toMatchObject({ state: "success", message: null });
});
