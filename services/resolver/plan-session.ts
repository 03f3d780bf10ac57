import type { Payload } from "#shared/bus/declare.ts";
import { chunksOf, inTurns } from "#shared/in-turns.ts";
import type { planRequested } from "#shared/messages/plan.ts";
import { sayable } from "#shared/messages/reason.ts";
import type { Pkgbase } from "#shared/model.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { yieldToOthers } from "#shared/pause.ts";
import { isSameSource } from "#shared/state/same-source.ts";
import type { Resolver } from "./context.ts";
import { followedBy } from "./follow-commits.ts";
import { type Looks, openLooks } from "./looks.ts";
import { type Planned, planNeeds } from "./plan.ts";
import type { Offer, Recipe } from "./providers.ts";
import { refusalOf } from "./recipes.ts";
import { type AddedPackage, readAdded, readBuilt } from "./store/added.ts";
import {
  findPlan,
  finishPlan,
  type PlanEntry,
  type PlanNeed,
  readOrdered,
  writePlan,
} from "./store/plans.ts";
import { findSources, recordLooks, type Source } from "./store/sources.ts";
import { SourceFault } from "./unusable.ts";
import { type Updated, update } from "./update.ts";

type Request = Payload<typeof planRequested>;

/** Looks at the sources of a session, and writes what each of its builds is made of, lacks and must wait for. Twice is once. */
export const planSession = async (context: Resolver, { session, resolve }: Request) => {
  const { now, state } = context;
  const finished = await findPlan(state.read, session);
  if (finished) return finishPlan(state, finished);
  const ordered = await readOrdered(state.read, session);
  if (!ordered) return;

  const { packages, sources, building } = ordered;
  const added = await readAdded(state.read, [...new Set([...packages, ...building])]);
  const given = await findSources(state.read, [...sources.values()]);
  const isOrdered = new Set<string>(packages);
  const updated = new Map([
    ...(await updateAll(
      context,
      added.filter(({ pkgbase }) => isOrdered.has(pkgbase) && !sources.has(pkgbase)),
    )),
    ...[...sources].map(([pkgbase, id]) => [pkgbase, givenOf(pkgbase, given.get(id))] as const),
  ]);
  const present = added.flatMap(
    ({ pkgbase, source }) => updated.get(pkgbase)?.source ?? source ?? [],
  );
  const planned = resolve ? await planAll(context, present) : new Map<string, Planned>();
  const built = await readBuilt(state.read, packages);
  const devel = new Set<Pkgbase>(added.flatMap((it) => (it.devel ? [it.pkgbase] : [])));
  const entries = packages.map((pkgbase): PlanEntry => {
    const { source, problem } = updated.get(pkgbase) ?? gone(pkgbase);
    const { missing = [], unbuilt = [] } = planned.get(pkgbase) ?? {};
    return {
      pkgbase,
      source: source?.id ?? null,
      current: source !== null && isSameSource(devel.has(pkgbase), source, built.get(pkgbase)),
      problem: problem?.message ?? null,
      problemKind: problem?.kind ?? null,
      missing,
      unbuilt,
    };
  });
  const needs = [...planned.values()].flatMap(({ node, edges }) =>
    edges.map((edge): PlanNeed => ({ pkgbase: node, ...edge })),
  );
  await writePlan(state, session, { entries, needs }, now());
};

/** The session cannot be planned: the scheduler ends its builds with the reason. */
export const giveUpPlan = async (
  { now, state }: Pick<Resolver, "now" | "state">,
  { session }: Request,
  error: unknown,
) => {
  const problem = sayable(error instanceof Error ? error.message : String(error));
  await finishPlan(state, { session, finishedAt: now(), problem });
};

const gone = (pkgbase: Pkgbase): Updated => ({
  source: null,
  problem: { kind: "gone", message: `package with base ${pkgbase} is not added` },
});

const givenOf = (pkgbase: Pkgbase, source: Source | undefined): Updated =>
  source
    ? { source, problem: null }
    : {
        source: null,
        problem: {
          kind: "gone",
          message: `the source of ${pkgbase} that was ordered is no longer kept`,
        },
      };

/** Packages whose updates are begun in one turn of the event loop. */
const atOnce = 50;

const updateAll = async (
  context: Resolver,
  added: readonly AddedPackage[],
): Promise<ReadonlyMap<Pkgbase, Updated>> => {
  const listedOf = await askAur(context, added);
  const looks = openLooks(context);
  await lookAhead(context, looks, added);
  const updateOne = async (it: AddedPackage): Promise<Updated> => {
    const { source } = it;
    try {
      return await updateStored(it);
    } catch (error) {
      const refusal = source ? refusalOf(() => context.recipes.of(source)) : undefined;
      if (refusal === undefined) throw error;
      // A stored source that is damaged holds up no other package.
      return { source, problem: { kind: "unusable", message: refusal } };
    }
  };
  const updateStored = (it: AddedPackage) =>
    context.fetches(() => update(context, it, { listed: listedOf(it), looks }));
  const updated = new Map<Pkgbase, Updated>();
  for (const some of chunksOf(added, atOnce)) {
    const results = await Promise.all(
      some.map(async (it) => [it.pkgbase, await updateOne(it)] as const),
    );
    for (const [pkgbase, result] of results) updated.set(pkgbase, result);
    await recordLooks(
      context,
      results.flatMap(([, { source, problem }]) =>
        source ? { source: source.id, problem: problem?.message ?? null } : [],
      ),
    );
    await yieldToOthers();
  }
  return updated;
};

/** What the AUR lists of packages; a refusal for all of them where it cannot be asked. */
const askAur = async ({ aur }: Resolver, added: readonly AddedPackage[]) => {
  const names = added.flatMap(({ spec }) => (spec.type === "aur" ? [spec.name] : []));
  try {
    const listed = names.length > 0 ? await aur.info(names) : [];
    const byName = new Map(listed.map((it) => [`${it.name}/${it.pkgbase}`, it]));
    return ({ pkgbase, spec }: AddedPackage) =>
      spec.type === "aur" ? byName.get(`${spec.name}/${pkgbase}`) : undefined;
  } catch (error) {
    if (error instanceof SourceFault) return () => error;
    throw error;
  }
};

/** Looks at the VCS sources of all devel packages by few questions; those of a recipe that changed come later. */
const lookAhead = async ({ config }: Resolver, looks: Looks, added: readonly AddedPackage[]) => {
  const followed: ReturnType<typeof followedBy>[number][] = [];
  await inTurns(added, ({ devel, source }) => {
    // A stored source that is damaged is refused where its package is updated.
    if (devel && source) refusalOf(() => followed.push(...followedBy(source.srcinfo, config.ARCH)));
  });
  await looks.at(followed);
};

/** Reads of what is published and added only as much as the plan takes: both may be thousands. */
const planAll = async (
  { official, recipes }: Resolver,
  present: readonly Source[],
): Promise<ReadonlyMap<string, Planned>> => {
  const coming: Recipe[] = [];
  await inTurns(present, (source) => {
    // What is refused has a problem already.
    refusalOf(() => coming.push(recipes.of(source)));
  });
  if (coming.every(({ needs }) => needs.length === 0)) return nothing;
  const officially = await official();
  let needsOthers = false;
  await inTurns(coming, ({ needs }) => {
    needsOthers ||= !needs.every((need) => officially.has(parseDependency(need)));
  });
  if (!needsOthers) return nothing;

  const { added, published, findPublished } = await recipes.known();
  const plan = async (unbuilt: readonly Offer[]) => {
    const planned = new Map<string, Planned>();
    await inTurns(planNeeds(coming, { official: officially, findPublished, unbuilt }), (it) => {
      planned.set(it.node, it);
    });
    return planned;
  };
  const planned = await plan([]);
  if ([...planned.values()].every(({ missing }) => missing.length === 0)) return planned;

  const known = new Set<string>(published.map(({ pkgbase }) => pkgbase));
  for (const { pkgbase } of present) known.add(pkgbase);
  const unbuilt: Offer[] = [];
  for (const [pkgbase, { recipe }] of added)
    if (!known.has(pkgbase)) unbuilt.push(...(recipe?.offers ?? []));
  return plan(unbuilt);
};

const nothing: ReadonlyMap<string, Planned> = new Map();
