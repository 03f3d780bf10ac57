import type * as v from "valibot";
import type { planSession as question } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import type { Resolver } from "./context.ts";
import type { AurPackage } from "./pick-listed.ts";
import { type Needs, planNeeds } from "./plan.ts";
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
  const added = await readAdded(context.state.read);
  const updated = await updateAll(
    context,
    added.filter(({ source }) => packages.includes(source.pkgbase)),
  );
  const present = added.map(({ source }) => updated.get(source.pkgbase)?.source ?? source);
  const needs = resolve ? await needsOf(context, present, [...packages, ...building]) : new Map();
  const builtStates = await readBuiltStates(context.state.read);
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

const needsOf = async (
  { config, official, state }: Resolver,
  present: readonly Source[],
  coming: readonly Pkgbase[],
): Promise<ReadonlyMap<Pkgbase, Needs>> => {
  const parsed = present.map(({ srcinfo }) => parseSrcinfo(srcinfo));
  const isComing = new Set(coming);
  return planNeeds(
    new Map(parsed.flatMap((it) => (isComing.has(it.pkgbase) ? [[it.pkgbase, it] as const] : []))),
    {
      arch: config.ARCH,
      official: await official(),
      published: await readPublished(state.read),
      added: parsed.filter(({ pkgbase }) => !isComing.has(pkgbase)),
    },
  );
};
