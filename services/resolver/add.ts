import type { Payload } from "#shared/bus/declare.ts";
import type { addRequested, ResolvedAdd, SourceSpec } from "#shared/messages/resolve.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { needsOthers, unasked } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { type Adding, type Fetched, fetchOnce } from "./fetch-once.ts";
import { gather } from "./gather.ts";
import { parseGitUrl } from "./git-url.ts";
import { isDevel } from "./is-devel.ts";
import { finderOf, offersOf } from "./providers.ts";
import { specHashOf } from "./spec-hash.ts";
import { type AddedPackage, readAdded, readPublished } from "./store/added.ts";
import type { Source } from "./store/sources.ts";
import { orUnusable, unusable } from "./unusable.ts";

type Request = Pick<Payload<typeof addRequested>, "spec" | "replace">;

/** Fetches a source and what comes along with it. */
export const add = async (
  context: Resolver,
  { spec, replace }: Request,
  adding: Adding,
): Promise<ResolvedAdd> => {
  if (spec.type === "git") parseGitUrl(spec.url, context.config.GIT_ALLOW_FILE);
  const added = await readAdded(context.state.read);
  const isThere = (pkgbase: string) => added.some((it) => it.pkgbase === pkgbase);

  const listed = spec.type === "aur" ? await orUnusable(() => context.aur.info([spec.name])) : [];
  if ("kind" in listed) return listed;
  const own = listed.find((it) => spec.type === "aur" && it.name === spec.name);
  const pkgbase = own?.pkgbase;
  if (spec.type === "aur" && pkgbase === undefined) return { kind: "unknown", name: spec.name };
  if (pkgbase !== undefined && !replace && isThere(pkgbase)) return { kind: "exists", pkgbase };

  const devel = "devel" in spec ? spec.devel : pkgbase !== undefined && isDevel(pkgbase);
  const request = {
    spec,
    specHash: specHashOf(spec),
    aur: own?.record ?? null,
    devel,
    srcinfoOverride: false,
    ...(pkgbase && { pkgbase }),
  };
  const target = await fetchOnce(context, request, adding);
  if (target.kind === "unusable") return target;
  if (!replace && isThere(target.source.pkgbase))
    return { kind: "exists", pkgbase: target.source.pkgbase };
  return bringAlong(context, target, { spec, devel, adding }, added);
};

const bringAlong = async (
  context: Resolver,
  { source, srcinfo }: Fetched,
  asked: { readonly spec: SourceSpec; readonly devel: boolean; readonly adding: Adding },
  added: readonly AddedPackage[],
): Promise<ResolvedAdd> => {
  const { config, state } = context;
  const { pkgbase } = source;
  const others = added.filter((it) => it.pkgbase !== pkgbase);
  const published = await readPublished(state.read);
  const surroundings = {
    arch: config.ARCH,
    own: finderOf([
      ...others.flatMap((it) =>
        it.source ? offersOf(parseSrcinfo(it.source.srcinfo), config.ARCH) : [],
      ),
      ...published.filter((it) => it.pkgbase !== pkgbase),
    ]),
    following: new Set(others.flatMap((it) => (it.spec.type === "aur" ? it.pkgbase : []))),
    elsewhere: new Set(others.flatMap((it) => (it.spec.type === "aur" ? [] : it.pkgbase))),
  };
  const official = needsOthers(srcinfo, surroundings) ? await context.official() : unasked;
  const gathered = await gather(context, srcinfo, { ...surroundings, official }, asked.adding);
  if (gathered.kind === "unusable") return gathered;
  if (gathered.kind === "unmet") return { kind: "unmet", pkgbase, missing: [...gathered.missing] };
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
