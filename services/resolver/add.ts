import type { Payload } from "#shared/bus/declare.ts";
import type { addRequested, ResolvedAdd, SourceSpec } from "#shared/messages/resolve.ts";
import { needsOthers, type Surroundings, unasked } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { type Adding, type Fetched, fetchOnce } from "./fetch-once.ts";
import { findListed } from "./find-listed.ts";
import { gather } from "./gather.ts";
import { parseGitUrl } from "./git-url.ts";
import { isDevel } from "./is-devel.ts";
import type { AurPackage } from "./pick-listed.ts";
import type { Official } from "./providers.ts";
import type { Known } from "./recipes.ts";
import { specHashOf } from "./spec-hash.ts";
import type { Source } from "./store/sources.ts";
import { orUnusable, unusable } from "./unusable.ts";

type Request = Pick<Payload<typeof addRequested>, "spec" | "replace">;

/** Fetches a source and what comes along with it. */
export const add = async (
  context: Resolver,
  { spec: asked, replace }: Request,
  adding: Adding,
): Promise<ResolvedAdd> => {
  if (asked.type === "git") parseGitUrl(asked.url, context.config.GIT_ALLOW_FILE);
  const known = await context.recipes.known();
  const isThere = (pkgbase: string) => known.added.has(pkgbase);

  const located = await orUnusable(() => locate(context, asked));
  if (located.kind !== "located") return located;
  const { spec, listed } = located;
  const pkgbase = listed?.pkgbase;
  if (pkgbase !== undefined && !replace && isThere(pkgbase)) return { kind: "exists", pkgbase };

  const devel = "devel" in spec ? spec.devel : pkgbase !== undefined && isDevel(pkgbase);
  const request = {
    spec,
    specHash: specHashOf(spec),
    aur: listed?.record ?? null,
    devel,
    srcinfoOverride: false,
    ...(pkgbase && { pkgbase }),
  };
  const target = await fetchOnce(context, request, adding);
  if (target.kind === "unusable") return target;
  if (!replace && isThere(target.source.pkgbase))
    return { kind: "exists", pkgbase: target.source.pkgbase };
  return bringAlong(context, target, { spec, devel, adding }, known);
};

type Located = {
  readonly kind: "located";
  readonly spec: SourceSpec;
  /** Of the AUR's packages. */
  readonly listed?: AurPackage;
};

/** A name of the AUR becomes that of a package, also where it was the name of a pkgbase. */
const locate = async (
  context: Resolver,
  spec: SourceSpec,
): Promise<Located | Extract<ResolvedAdd, { readonly kind: "unknown" }>> => {
  if (spec.type !== "aur") return { kind: "located", spec };
  const found = await findListed(context, spec.name);
  return found.kind === "unknown"
    ? found
    : { kind: "located", spec: { type: "aur", name: found.listed.name }, listed: found.listed };
};

const bringAlong = async (
  context: Resolver,
  { source, srcinfo }: Fetched,
  asked: { readonly spec: SourceSpec; readonly devel: boolean; readonly adding: Adding },
  { added, meets }: Known,
): Promise<ResolvedAdd> => {
  const { config } = context;
  const { pkgbase } = source;
  const surroundings: Omit<Surroundings, "official"> = {
    arch: config.ARCH,
    isOwn: (need) => meets(need, pkgbase),
    isFollowing: (name) => name !== pkgbase && added.get(name)?.isAur === true,
    isElsewhere: (name) => name !== pkgbase && added.get(name)?.isAur === false,
  };
  const official = needsOthers(srcinfo, surroundings) ? await context.official() : unasked;
  const gathered = await gather(context, srcinfo, { ...surroundings, official }, asked.adding);
  if (gathered.kind === "unusable") return gathered;
  if (gathered.kind === "unmet")
    return { kind: "unmet", pkgbase, missing: gathered.missing.map((it) => explain(it, official)) };
  if (gathered.kind === "blind")
    return unusable(
      `${gathered.problem}; ${pkgbase} needs ${gathered.missing.join(", ")}, which may be there`,
    );

  const { spec, devel } = asked;
  return {
    kind: "resolved",
    packages: [{ spec, devel, dependency: false, source }, ...gathered.dependencies].map(
      viewProposed,
    ),
  };
};

/** pacman installs a group by its name, and makepkg asks `pacman -T`, which knows packages alone. */
const explain = (need: string, official: Official) =>
  official.isGroup(need) ? `${need} (a group, expected the packages that are needed of it)` : need;

const viewProposed = ({ spec, devel, dependency, source }: Proposed) => ({
  pkgbase: source.pkgbase,
  spec,
  specHash: source.specHash,
  source: source.id,
  devel,
  dependency,
});

type Proposed = {
  readonly spec: SourceSpec;
  readonly devel: boolean;
  readonly dependency: boolean;
  readonly source: Source;
};
