import { join } from "node:path";
import { eq } from "drizzle-orm";
import { execa } from "execa";
import * as v from "valibot";
import { expect } from "vitest";
import { Fault } from "#shared/fault.ts";
import { planRequested } from "#shared/messages/plan.ts";
import {
  addRequested,
  generateSrcinfo,
  type ResolvedAdd,
  SourceSpec,
} from "#shared/messages/resolve.ts";
import { type Look, type LookedAt, lookAtSources } from "#shared/messages/vcs.ts";
import { AddId, BuildId, Pkgbase, SessionId, type SourceId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { adds } from "#shared/state/adds.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { publications } from "#shared/state/repo.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import { askingOf, readLook } from "../../services/builder/look-command.ts";
import { resolver } from "../../services/resolver/service.ts";
import { readPlan } from "../../services/scheduler/store/plans.ts";
import { startAur } from "./aur.ts";
import { writeMirror } from "./official-mirror.ts";
import { makeWorld } from "./world.ts";

/** As a builder does in a container. */
const lookAt = async (source: LookedAt, away: ReadonlySet<string>): Promise<Look> => {
  const asking = askingOf(source);
  if (asking.kind === "refuse") return asking.look;
  if (away.has(source.url)) return { kind: "unknown", message: `${source.url}: no answer` };
  const { argv, environment = {} } = asking.command;
  const [program = "", ...args] = argv;
  const { exitCode, stdout, stderr } = await execa(program, args, {
    env: environment,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
  });
  return readLook(source, { exit: { kind: "exited", code: exitCode ?? 1 }, stdout, stderr });
};

type Resolved = Extract<ResolvedAdd, { readonly kind: "resolved" }>;

/** A resolver with an AUR, and a mirror that has bash, glibc and cmake; a builder can read no PKGBUILD. */
export const startResolver = async (environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const { state, bus } = world;
  const aur = stack.use(await startAur());
  const SYNC_MIRROR = await writeMirror(join(world.directory, "mirror"), {
    core: { bash: ["provides = sh"], glibc: ["provides = libc.so=6-64"] },
    extra: { cmake: [] },
  });
  const builder = { srcinfo: "" };
  const looks = { asked: [] as LookedAt[], away: new Set<string>() };
  stack.use(
    await bus.answer("builder", lookAtSources, async ({ sources }) => {
      looks.asked.push(...sources);
      return { looks: await Promise.all(sources.map((it) => lookAt(it, looks.away))) };
    }),
  );
  stack.use(
    await bus.answer("builder", generateSrcinfo, async () =>
      builder.srcinfo === ""
        ? { kind: "failed" as const, log: "PKGBUILD: line 1: this: command not found" }
        : { kind: "generated" as const, srcinfo: builder.srcinfo },
    ),
  );
  const defaults = { DATA_DIR: world.directory, AUR_URL: aur.url, SYNC_MIRROR };
  stack.use(
    await start(resolver, { AUR_REQUEST_RETRIES: "0", ...defaults, ...environment }, world),
  );

  /** What the resolver writes down of an add; trouble of kiln's own is thrown. */
  const add = async (spec: object, replace = false) => {
    const id = v.parse(AddId, crypto.randomUUID());
    await world.publish(addRequested, { add: id, spec: v.parse(SourceSpec, spec), replace });
    const row = await state.read.select().from(adds).where(eq(adds.id, id)).get();
    if (!row?.result) throw new Error(`the add ${id} came to nothing`);
    const { result } = row;
    if (result.kind === "failed") throw new Fault(result.fault, result.message);
    return result;
  };
  const rows = () => state.read.select().from(sources).orderBy(sources.pkgbase);
  /** What the last look found. */
  const sourceOf = async (name: string) => {
    const [row, ...others] = await state.read
      .select({ source: sources })
      .from(sourceChecks)
      .innerJoin(sources, eq(sources.id, sourceChecks.source))
      .where(eq(sourceChecks.pkgbase, v.parse(Pkgbase, name)));
    if (!row || others.length > 0) throw new Error(`expected one spec of ${name}`);
    return row.source;
  };
  const named = (names: readonly string[]) => names.map((name) => v.parse(Pkgbase, name));

  const resources = stack.move();
  return {
    world,
    aur,
    /** What it makes of every PKGBUILD; it can read none while this is empty. */
    builder,
    /** What a builder was asked to look at, and the URLs that do not answer it. */
    looks,
    add,
    rows,
    sourceOf,

    /** Adds, and makes packages of what was resolved, as the api does. */
    async adopt(spec: object, replace = false) {
      const answer = await add(spec, replace);
      if (answer.kind !== "resolved") throw new Error(JSON.stringify(answer));
      await state.write(async (transaction) => {
        for (const row of answer.packages.map((it) => packageOf(it, world.now())))
          await transaction
            .insert(packages)
            .values(row)
            .onConflictDoUpdate({
              target: packages.pkgbase,
              set: { spec: row.spec, specHash: row.specHash },
            });
      });
      return answer.packages;
    },

    /** The plan of a session of these packages, while an earlier session builds others. */
    async plan(
      asked: readonly string[],
      building: readonly string[] = [],
      given: Readonly<Record<string, SourceId>> = {},
    ) {
      const [session, earlier] = [
        v.parse(SessionId, world.newId()),
        v.parse(SessionId, world.newId()),
      ];
      const order = { reason: "manual", resolve: true, force: false, orderedAt: 2 } as const;
      const build = { arch: "x86_64", state: "pending", orderedAt: 2 } as const;
      const ordered = named(asked).map((pkgbase) => ({
        ...build,
        session,
        pkgbase,
        source: given[pkgbase] ?? null,
      }));
      const before = named(building).map((pkgbase) => ({ ...build, session: earlier, pkgbase }));
      await state.write(async (transaction) => {
        await transaction.insert(sessions).values({ id: session, ...order });
        for (const row of [...ordered, ...before])
          await transaction.insert(builds).values({ id: v.parse(BuildId, world.newId()), ...row });
      });
      await world
        .publish(planRequested, { session, resolve: true })
        .finally(() => state.write((transaction) => transaction.delete(builds)));
      const { entries, needs } = await readPlan(state, session);
      const planned = entries.map((entry) => ({
        ...entry,
        needs: needs.flatMap((it) => (it.pkgbase === entry.pkgbase ? it.needs : [])),
      }));
      return asked.flatMap((name) => planned.filter(({ pkgbase }) => pkgbase === name));
    },

    /** Publishes the present source, as the repo does, but for its files. */
    async publish(name: string) {
      const { id: source, pkgbase, srcinfo, state: sourceState } = await sourceOf(name);
      const build = v.parse(BuildId, crypto.randomUUID());
      const row = {
        pkgbase,
        build,
        srcinfo,
        source,
        sourceState,
        version: "1-1",
        pkgbuild: "",
        publishedAt: 0,
      };
      await state.write((transaction) => transaction.insert(publications).values(row));
    },

    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const packageOf = ({ source: _, ...resolved }: Resolved["packages"][number], addedAt: number) => ({
  ...resolved,
  addedAt,
  enabled: true,
  clean: !resolved.devel,
  private: false,
  srcinfoOverride: false,
  flags: [],
});

/** A plan's entry for a package that has something new and lacks nothing, but for its name. */
export const quiet = {
  source: expect.any(String),
  current: false,
  needs: [],
  missing: [],
  unbuilt: [],
  problem: null,
  problemKind: null,
};
