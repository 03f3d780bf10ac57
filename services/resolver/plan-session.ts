import type * as v from "valibot";
import type { planSession as question } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import type { Resolver } from "./context.ts";
import { type Needs, planNeeds } from "./plan.ts";
import { needsOf } from "./providers.ts";
import { type AddedPackage, readAdded, readBuiltStates, readPublished } from "./store/added.ts";
import { findSources, recordLooks, type Source } from "./store/sources.ts";
import { orUnusable } from "./unusable.ts";
import { type Updated, update } from "./update.ts";

type Request = v.InferOutput<(typeof question)["request"]>;
type Answer = v.InferOutput<(typeof question)["answer"]>;

/** Looks at the sources of a session, several at a time, and says what must wait for what. */
export const planSession = async (
  context: Resolver,
  { packages, sources, building, resolve }: Request,
): Promise<Answer> => {
  const { read } = context.state;
  const added = await readAdded(read, [...packages, ...building]);
  const given = await findSources(read, Object.values(sources));
  const isWanted = new Set<string>(packages);
  const wanted = added.filter(({ pkgbase }) => isWanted.has(pkgbase));
  const updated = new Map([
    ...(await updateAll(
      context,
      wanted.filter(({ pkgbase }) => sources[pkgbase] === undefined),
    )),
    ...wanted.flatMap(({ pkgbase }) => {
      const id = sources[pkgbase];
      return id === undefined ? [] : [[pkgbase, givenOf(pkgbase, given.get(id))] as const];
    }),
  ]);
  const present = added.flatMap(
    ({ pkgbase, source }) => updated.get(pkgbase)?.source ?? source ?? [],
  );
  const needs = resolve ? await planAll(context, present, [...packages, ...building]) : new Map();
  const builtStates = await readBuiltStates(read, packages);
  return packages.map((pkgbase) => {
    const { source, problem } = updated.get(pkgbase) ?? gone(pkgbase);
    const its = needs.get(pkgbase);
    return {
      pkgbase,
      source: source?.id ?? null,
      current: source !== null && builtStates.get(pkgbase) === source.state,
      needs: [...(its?.needs ?? [])],
      missing: [...(its?.missing ?? [])],
      unbuilt: [...(its?.unbuilt ?? [])],
      problem,
    };
  });
};

const gone = (pkgbase: Pkgbase): Updated => ({
  source: null,
  problem: `package with base ${pkgbase} is not added`,
});

const givenOf = (pkgbase: Pkgbase, source: Source | undefined): Updated =>
  source
    ? { source, problem: null }
    : { source: null, problem: `the source of ${pkgbase} that was ordered is no longer kept` };

const updateAll = async (
  context: Resolver,
  added: readonly AddedPackage[],
): Promise<ReadonlyMap<Pkgbase, Updated>> => {
  const names = added.flatMap(({ spec }) => (spec.type === "aur" ? [spec.name] : []));
  const listed = await orUnusable(async () =>
    names.length > 0 ? await context.aur.info(names) : [],
  );
  const byName = new Map(
    "kind" in listed ? [] : listed.map((it) => [`${it.name}/${it.pkgbase}`, it] as const),
  );
  const updates = added.map(async (it): Promise<[Pkgbase, Updated]> => {
    const { pkgbase, source, spec } = it;
    if (spec.type === "aur" && "kind" in listed)
      return [pkgbase, { source, problem: listed.message }];
    const own = spec.type === "aur" ? byName.get(`${spec.name}/${pkgbase}`) : undefined;
    return [pkgbase, await context.fetches(() => update(context, it, own))];
  });
  const updated = new Map(await Promise.all(updates));
  await recordLooks(
    context,
    [...updated.values()].flatMap(({ source, problem }) =>
      source ? { source: source.id, problem } : [],
    ),
  );
  return updated;
};

/** Reads of what is published and added only as much as the question takes: both may be thousands. */
const planAll = async (
  { config, official, state }: Resolver,
  present: readonly Source[],
  coming: readonly Pkgbase[],
): Promise<ReadonlyMap<Pkgbase, Needs>> => {
  const arch = config.ARCH;
  const isComing = new Set(coming);
  const parsed = new Map(
    present.flatMap(({ pkgbase, srcinfo }) =>
      isComing.has(pkgbase) ? [[pkgbase, parseSrcinfo(srcinfo)] as const] : [],
    ),
  );
  const needs = [...parsed.values()].flatMap((it) => needsOf(it, arch));
  if (needs.length === 0) return nothing;
  const officially = await official();
  if (needs.every((need) => officially.has(parseDependency(need)))) return nothing;

  const known = { arch, official: officially, published: await readPublished(state.read) };
  const planned = planNeeds(parsed, { ...known, added: [] });
  if ([...planned.values()].every(({ missing }) => missing.length === 0)) return planned;
  const others = (await readAdded(state.read)).filter(({ pkgbase }) => !isComing.has(pkgbase));
  const added = others.flatMap(({ source }) => (source ? parseSrcinfo(source.srcinfo) : []));
  return planNeeds(parsed, { ...known, added });
};

const nothing: ReadonlyMap<Pkgbase, Needs> = new Map();
