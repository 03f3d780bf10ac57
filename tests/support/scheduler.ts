import { eq } from "drizzle-orm";
import * as v from "valibot";
import type { BuildOutcome } from "#shared/messages/build.ts";
import { buildFinished, buildRequested, orderBuilds } from "#shared/messages/build.ts";
import { type Impact, repoPublished } from "#shared/messages/repo.ts";
import { type BuildId, SessionId, type SourceId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builds } from "#shared/state/builds.ts";
import { scheduler } from "../../services/scheduler/service.ts";
import { answerPlans } from "./plans.ts";
import { insertPackage } from "./rows.ts";
import { makeWorld } from "./world.ts";

export const blob = { sha256: "b".repeat(64), bytes: 3 };

export const built: BuildOutcome = {
  kind: "built",
  artifacts: [{ filename: "lib-1-1-any.pkg.tar.zst", blob }],
  srcinfo: blob,
  pkgbuild: blob,
};

const step = { step: "build", startedAt: 5, endedAt: 7, exitCode: 4, line: 2 } as const;
/** What a builder reports of steps and a log. */
export const facts = {
  steps: [step],
  lines: 9,
  excerpt: { line: 3, lines: ["main.c:1:1: error: no"] },
  clock: { sha256: "c".repeat(64), bytes: 1 },
  installed: { sha256: "d".repeat(64), bytes: 1 },
};

/** A scheduler with these packages; each name in `needs` is needed by the package before it. */
export const startScheduler = async (
  needs: Readonly<Record<string, readonly string[]>>,
  current: readonly string[] = [],
) => {
  const world = await makeWorld();
  for (const name of Object.keys(needs)) await insertPackage(world.state, name);
  await answerPlans(world.bus, world.state, (pkgbase) => ({
    current: current.includes(pkgbase),
    needs: needs[pkgbase] ?? [],
  }));
  const running = await start(scheduler, {}, world);

  const order = async (
    packages: readonly string[],
    force = true,
    sources: Readonly<Record<string, SourceId>> = {},
  ) => {
    const session = v.parse(SessionId, world.newId());
    await world.ask(orderBuilds, {
      session,
      packages: [...packages],
      sources,
      reason: "manual",
      resolve: true,
      force,
    });
    const rows = await world.state.read.select().from(builds).where(eq(builds.session, session));
    return { session, builds: rows.map(({ id, pkgbase }) => ({ build: id, pkgbase })) };
  };
  const requested = () => world.bus.sent(buildRequested).map(({ pkgbase }) => pkgbase);
  const told = (build: BuildId) => {
    const pkgbase = world.bus.sent(buildRequested).find((it) => it.build === build)?.pkgbase ?? "";
    return { build, pkgbase, arch: "x86_64", at: world.now() };
  };
  const finish = (build: BuildId, outcome: BuildOutcome) =>
    world.publish(buildFinished, {
      ...told(build),
      builder: "builder-1",
      outcome,
      log: blob,
      outputs: 1,
      measurements: null,
    });
  const publish = (build: BuildId, impact: v.InferInput<typeof Impact> | null = null) =>
    world.publish(repoPublished, {
      ...told(build),
      generation: 1,
      packages: [
        { pkgname: "lib", version: "1-1", filename: "lib.pkg.tar.zst", sha256: blob.sha256 },
      ],
      impact,
    });
  const states = async () =>
    Object.fromEntries(
      (await world.state.read.select().from(builds)).map(({ pkgbase, state }) => [pkgbase, state]),
    );
  return {
    world,
    order,
    requested,
    told,
    finish,
    publish,
    states,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
};

export const idOf = (builds: readonly { pkgbase: string; build: BuildId }[], name: string) => {
  const found = builds.find(({ pkgbase }) => pkgbase === name);
  if (!found) throw new Error(`no build of ${name}`);
  return found.build;
};
