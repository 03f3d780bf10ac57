import type * as v from "valibot";
import type { resolveAdd } from "#shared/messages/resolve.ts";
import { needsOthers, type Surroundings, unasked } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { type Fetched, fetchSource } from "./fetch-source.ts";
import { gather } from "./gather.ts";
import { parseGitUrl } from "./git-url.ts";
import { isDevel } from "./is-devel.ts";
import type { Known } from "./recipes.ts";
import { insertSources, type Source } from "./store.ts";
import { orUnusable, unusable } from "./unusable.ts";

type Request = v.InferOutput<(typeof resolveAdd)["request"]>;
type Answer = v.InferOutput<(typeof resolveAdd)["answer"]>;

/** Fetches a source and what comes along with it. Rows are written last, all or none. */
export const add = async (context: Resolver, { spec, replace }: Request): Promise<Answer> => {
  if (spec.type === "git") parseGitUrl(spec.url, context.config.GIT_ALLOW_FILE);
  const known = await context.recipes.known();
  const isThere = (pkgbase: string) => known.added.has(pkgbase);

  const listed = spec.type === "aur" ? await orUnusable(() => context.aur.info([spec.name])) : [];
  if ("kind" in listed) return listed;
  const pkgbase = listed.find((it) => spec.type === "aur" && it.name === spec.name)?.pkgbase;
  if (spec.type === "aur" && pkgbase === undefined) return { kind: "unknown", name: spec.name };
  if (pkgbase !== undefined && !replace && isThere(pkgbase)) return { kind: "exists", pkgbase };

  const devel = "devel" in spec ? spec.devel : pkgbase !== undefined && isDevel(pkgbase);
  const request = { spec, devel, srcinfoOverride: false, ...(pkgbase && { pkgbase }) };
  const target = await context.fetches(() => fetchSource(context, request));
  if (target.kind === "unusable") return target;
  if (!replace && isThere(target.source.pkgbase))
    return { kind: "exists", pkgbase: target.source.pkgbase };
  return bringAlong(context, target, devel, known);
};

const bringAlong = async (
  context: Resolver,
  { source, srcinfo }: Fetched,
  devel: boolean,
  { added, meets }: Known,
): Promise<Answer> => {
  const { config, state } = context;
  const { pkgbase } = source;
  const surroundings: Omit<Surroundings, "official"> = {
    arch: config.ARCH,
    isOwn: (need) => meets(need, pkgbase),
    isFollowing: (name) => name !== pkgbase && added.get(name)?.isAur === true,
    isElsewhere: (name) => name !== pkgbase && added.get(name)?.isAur === false,
  };
  const official = needsOthers(srcinfo, surroundings) ? await context.official() : unasked;
  const gathered = await gather(context, srcinfo, { ...surroundings, official });
  if (gathered.kind === "unusable") return gathered;
  if (gathered.kind === "unmet") return { kind: "unmet", pkgbase, missing: [...gathered.missing] };
  if (gathered.kind === "blind")
    return unusable(
      `${gathered.problem}; ${pkgbase} needs ${gathered.missing.join(", ")}, which may be there`,
    );

  await insertSources(state, [source, ...gathered.sources]);
  return {
    kind: "resolved",
    packages: [view(source, devel, false), ...gathered.sources.map(viewDependency)],
  };
};

const view = ({ id, pkgbase }: Source, devel: boolean, dependency: boolean) => ({
  pkgbase,
  source: id,
  devel,
  dependency,
});

const viewDependency = (source: Source) => view(source, isDevel(source.pkgbase), true);
