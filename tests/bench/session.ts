import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { openState } from "#shared/state/open.ts";
import { packages } from "#shared/state/packages.ts";
import { schedulerOutbox } from "#shared/state/recovery.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { State } from "#shared/state/state.ts";
import { startAur } from "../support/aur.ts";
import { writeMirror } from "../support/official-mirror.ts";
import { recipe } from "../support/recipe.ts";
import { srcinfoOf } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";
import { startSqld } from "../support/sqld.ts";
import { startKiln } from "./kiln.ts";
import { type Figure, median, ms, report, timed, until } from "./measure.ts";

// Orders of 10,000 packages that need one another, and adds beside them; no build starts, as there is no engine.
// Run by hand: bun tests/bench/session.ts [packages] [file|sqld]

const [, , packagesGiven = "10000", only] = process.argv;
const many = Number(packagesGiven);
const few = 10;
const wanted = { answered: 1_000, planned: { file: 15_000, sqld: 60_000 }, still: 100, add: 50 };

const sha256 = createHash("sha256").update("a PKGBUILD").digest("hex");
const nameOf = (at: number) => `package-${String(at).padStart(5, "0")}`;

/** Packages that are added and were never built; each needs glibc and three that come before it. */
const fill = async (state: State, count: number) => {
  const rows = Array.from({ length: count }, (_, at) => {
    const pkgbase = v.parse(Pkgbase, nameOf(at));
    const id = v.parse(SourceId, crypto.randomUUID());
    const needs = [1, 7, 100].flatMap((step) => (at >= step ? [nameOf(at - step)] : []));
    return {
      source: {
        id,
        pkgbase,
        specHash: sha256,
        commits: [],
        state: Buffer.from(sha256, "hex").toString("base64"),
        snapshotSha256: sha256,
        snapshotBytes: 1,
        srcinfo: srcinfoOf(
          pkgbase,
          ["glibc", ...needs].map((need) => `depends = ${need}`),
        ),
        changedAt: 0,
        fetchedAt: 0,
      },
      check: { pkgbase, specHash: sha256, source: id, checkedAt: 0 },
      package: {
        pkgbase,
        spec: { type: "raw" as const, pkgbuild: { sha256, bytes: 1 }, devel: false },
        specHash: sha256,
        addedAt: 0,
        enabled: true,
        clean: true,
        private: false,
        dependency: false,
        devel: false,
        srcinfoOverride: false,
        flags: [],
      },
    };
  });
  for (let start = 0; start < rows.length; start += 500) {
    const some = rows.slice(start, start + 500);
    await state.write(async (transaction) => {
      await transaction.insert(sources).values(some.map(({ source }) => source));
      await transaction.insert(sourceChecks).values(some.map(({ check }) => check));
      await transaction.insert(packages).values(some.map((row) => row.package));
    });
  }
};

const Late = v.array(v.tuple([v.number(), v.number(), v.number()]));

type Store = "file" | "sqld";

const measure = async (store: Store, count: number): Promise<Figure[]> => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const directory = join(scratch.path, "data");
  const sqld = store === "sqld" ? stack.use(await startSqld()) : undefined;
  const STATE_URL = sqld?.url ?? `file:${join(scratch.path, "state.db")}`;
  const state = stack.use(await openState(STATE_URL));
  await fill(state, count);
  const aur = stack.use(await startAur());
  const SYNC_MIRROR = await writeMirror(join(scratch.path, "mirror"), { core: { glibc: [] } });
  const lateness = join(scratch.path, "late.json");
  const what = `${count.toLocaleString("en")} packages, ${store}`;

  const kiln = await startKiln(
    directory,
    {
      STATE_URL,
      SYNC_MIRROR,
      AUR_URL: aur.url,
      DOCKER_URL: `unix://${join(scratch.path, "no.sock")}`,
    },
    ["tests/bench/watched.ts", lateness],
  );
  const begun = Date.now();
  const figures: Figure[] = [];
  {
    await using _ = kiln;
    const adds: number[] = [];
    for (let nth = 0; nth < 11; nth++) {
      const pkgbase = `added-${nth}`;
      await aur.add(recipe({ pkgbase, depends: ["glibc", nameOf(0)] }));
      const source = { type: "aur", name: pkgbase };
      adds.push(
        await timed(() => kiln.post("/package/add", { replace: false, build: false, source })),
      );
    }
    figures.push({ what: `the first add into ${what}`, kiln: ms(adds[0] ?? Number.NaN) });
    addTimes.set(what, median(adds.slice(1)));
    figures.push({ what: `each later add into ${what}`, kiln: ms(median(adds.slice(1))) });
    if (count === many) {
      const id = v.parse(SessionId, crypto.randomUUID());
      const names = Array.from({ length: count }, (_, at) => nameOf(at));
      const order = { packages: names, clean: false, resolve: true, force: false };
      const start = performance.now();
      const answered = await timed(() => kiln.post("/build", order, { "idempotency-key": id }));
      await until("the plan", async () => {
        const [row] = await state.read.select().from(sessions).where(eq(sessions.id, id));
        return row?.plannedAt ?? undefined;
      });
      const planned = performance.now() - start;
      const written = await state.read.$count(builds, eq(builds.session, id));
      if (written !== count) throw new Error(`${written} builds of ${count} were written`);
      figures.push(
        {
          what: `POST /build of ${what}, answered`,
          kiln: ms(answered),
          wanted: ms(wanted.answered),
          reached: answered < wanted.answered,
        },
        {
          what: `POST /build of ${what}, planned`,
          kiln: ms(planned),
          wanted: ms(wanted.planned[store]),
          reached: planned < wanted.planned[store],
        },
      );
      // What follows from the plan belongs to it: announcements, and the first builds.
      await until("the outbox", async () => ((await outboxOf(state)) === 0 ? true : undefined));
    }
  }
  const late = v.parse(Late, JSON.parse(await readFile(lateness, "utf8")));
  const meanwhile = late.filter(([at]) => at >= begun);
  const delays = meanwhile.map(([, delay]) => delay).toSorted((a, b) => a - b);
  const used = meanwhile.map(([, delay, used]) => Math.min(delay, used)).toSorted((a, b) => a - b);
  const p999 = (values: readonly number[]) =>
    values[Math.floor(values.length * 0.999)] ?? Number.NaN;
  const still = (values: readonly number[]) =>
    `${ms(p999(values))}, ${ms(values.at(-1) ?? Number.NaN)}`;
  figures.push(
    {
      what: `the event loop stood still, ${what}: p99.9 and most`,
      kiln: still(delays),
      wanted: ms(wanted.still),
      reached: p999(delays) <= wanted.still,
    },
    {
      what: `of that it used a processor, ${what}: p99.9 and most`,
      kiln: still(used),
      wanted: ms(wanted.still),
      reached: p999(used) <= wanted.still,
    },
  );
  return figures;
};

const outboxOf = (state: State) => state.read.$count(schedulerOutbox);

const addTimes = new Map<string, number>();
const figures: Figure[] = [];
for (const store of ["file", "sqld"] as const) {
  if (only !== undefined && only !== store) continue;
  figures.push(...(await measure(store, few)), ...(await measure(store, many)));
  const [small = 0, large = 0] = [...addTimes.values()];
  addTimes.clear();
  figures.push({
    what: `an add into ${many.toLocaleString("en")} takes longer by, ${store}`,
    kiln: ms(Math.max(0, large - small)),
    wanted: ms(wanted.add),
    reached: large - small <= wanted.add,
  });
}
report(`Sessions of ${many.toLocaleString("en")} packages`, figures);
