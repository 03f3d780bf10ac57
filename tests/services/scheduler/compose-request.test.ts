import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { buildRequested, orderBuilds } from "#shared/messages/build.ts";
import { Pkgbase, SessionId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { publications, publishedNames } from "#shared/state/repo.ts";
import { sources } from "#shared/state/sources.ts";
import { idOf, startScheduler } from "../../support/scheduler.ts";

/** A package whose source is up to date: it is published as `version`, by a build that had `pkgrel`. */
const setup = async (version: string, pkgrel: string | null) => {
  const it = await startScheduler({ lib: [] }, ["lib"]);
  const { builds: ordered } = await it.order(["lib"]);
  const build = idOf(ordered, "lib");
  const [source] = await it.world.state.read.select().from(sources);
  await it.world.state.write(async (tx) => {
    await tx.update(builds).set({ state: "success", pkgrel }).where(eq(builds.id, build));
    await tx.insert(publications).values({
      pkgbase: v.parse(Pkgbase, "lib"),
      build,
      version,
      srcinfo: "",
      pkgbuild: "",
      source: source?.id ?? null,
      sourceState: source?.state ?? "",
      publishedAt: 1,
    });
    const filename = `lib-${version}-any.pkg.tar.zst`;
    await tx.insert(publishedNames).values({ filename, sha256: "a".repeat(64) });
  });
  const order = (force: boolean, renumber: boolean) =>
    it.world.ask(orderBuilds, {
      session: v.parse(SessionId, it.world.newId()),
      packages: [v.parse(Pkgbase, "lib")],
      renumber: renumber ? [v.parse(Pkgbase, "lib")] : [],
      reason: "manual",
      resolve: true,
      force,
    });
  /** What was requested after the first build. */
  const requested = () =>
    it.world.bus
      .sent(buildRequested)
      .slice(1)
      .map(({ version, pkgrel }) => ({ version, pkgrel }));
  return { order, requested, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
};

test("a package that is to be renumbered is built though it is up to date, by the next pkgrel", async () => {
  await using it = await setup("1-1", null);

  await it.order(false, true);

  expect(it.requested()).toEqual([{ version: "1-1.1", pkgrel: "1.1" }]);
});

test("a package that is up to date is not built by any other order", async () => {
  await using it = await setup("1-1.1", "1.1");

  await it.order(false, false);

  expect(it.requested()).toEqual([]);
});

test("a source that is published by a pkgrel of kiln's is forced to be built by the same", async () => {
  await using it = await setup("1-1.1", "1.1");

  await it.order(true, false);

  expect(it.requested()).toEqual([{ version: "1-1.1", pkgrel: "1.1" }]);
});
