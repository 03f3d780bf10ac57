import type * as v from "valibot";
import type { planSession as question } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import type { Resolver } from "./context.ts";
import type { AurPackage } from "./pick-listed.ts";
import { type Needs, planNeeds } from "./plan.ts";
import { needsOf } from "./providers.ts";
import {
  type AddedPackage,
  readAdded,
  readBuiltStates,
  readPublished,
  type Source,
} from "./store.ts";
import { orUnusable } from "./unusable.ts";
import { type Updated, update } from "./update.ts";

type Request = v.InferOutput<(typeof question)["request"]>;
type Answer = v.InferOutput<(typeof question)["answer"]>;

/** Updates the sources of a session, several at a time, and says what must wait for what. */
export const planSession = async (
  context: Resolver,
  { packages, building, resolve }: Request,
): Promise<Answer> => {
  const added = await readAdded(context.state.read, [...packages, ...building]);
  const updated = await updateAll(
    context,
    added.filter(({ source }) => packages.includes(source.pkgbase)),
  );
  const present = added.map(({ source }) => updated.get(source.pkgbase)?.source ?? source);
  const needs = resolve ? await planAll(context, present, [...packages, ...building]) : new Map();
  const builtStates = await readBuiltStates(context.state.read, packages);
  return packages.map((pkgbase) => {
    const { source, problem } = updated.get(pkgbase) ?? gone(pkgbase);
    const its = needs.get(pkgbase);
    return {
      pkgbase,
      current: source !== undefined && builtStates.get(pkgbase) === source.state,
      needs: [...(its?.needs ?? [])],
      missing: [...(its?.missing ?? [])],
      unbuilt: [...(its?.unbuilt ?? [])],
      problem,
    };
  });
};

const gone = (pkgbase: Pkgbase) => ({
  source: undefined,
  problem: `package with base ${pkgbase} is not added`,
});

const updateAll = async (
  context: Resolver,
  added: readonly AddedPackage[],
): Promise<ReadonlyMap<Pkgbase, Updated>> => {
  const names = added.flatMap(({ source: { spec } }) => (spec.type === "aur" ? [spec.name] : []));
  const listed = await orUnusable(async () =>
    names.length > 0 ? await context.aur.info(names) : [],
  );
  const updates = added.map(async (it): Promise<[Pkgbase, Updated]> => {
    const { source } = it;
    if (source.spec.type === "aur" && "kind" in listed)
      return [source.pkgbase, { source, problem: listed.message }];
    const own = "kind" in listed ? undefined : listed.find((one) => isOf(one, source));
    return [source.pkgbase, await context.fetches(() => update(context, it, own))];
  });
  return new Map(await Promise.all(updates));
};

const isOf = ({ name, pkgbase }: AurPackage, source: Source) =>
  source.spec.type === "aur" && source.spec.name === name && source.pkgbase === pkgbase;

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
  const others = (await readAdded(state.read)).filter(
    ({ source }) => !isComing.has(source.pkgbase),
  );
  const added = others.map(({ source }) => parseSrcinfo(source.srcinfo));
  return planNeeds(parsed, { ...known, added });
};

const nothing: ReadonlyMap<Pkgbase, Needs> = new Map();
