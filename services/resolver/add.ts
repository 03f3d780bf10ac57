import type * as v from "valibot";
import type { resolveAdd, SourceSpec } from "#shared/messages/resolve.ts";
import { parseSrcinfo } from "#shared/pacman/srcinfo.ts";
import { needsOthers, unasked } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { type Fetched, fetchSource } from "./fetch-source.ts";
import { gather } from "./gather.ts";
import { parseGitUrl } from "./git-url.ts";
import { isDevel } from "./is-devel.ts";
import { finderOf, offersOf } from "./providers.ts";
import { specHashOf } from "./spec-hash.ts";
import { type AddedPackage, readAdded, readPublished } from "./store/added.ts";
import { recordSources } from "./store/sources.ts";
import { orUnusable, unusable } from "./unusable.ts";

type Request = v.InferOutput<(typeof resolveAdd)["request"]>;
type Answer = v.InferOutput<(typeof resolveAdd)["answer"]>;

/** Fetches a source and what comes along with it. Rows are written last. */
export const add = async (context: Resolver, { spec, replace }: Request): Promise<Answer> => {
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
  const target = await context.fetches(() => fetchSource(context, request));
  if (target.kind === "unusable") return target;
  if (!replace && isThere(target.source.pkgbase))
    return { kind: "exists", pkgbase: target.source.pkgbase };
  return bringAlong(context, target, { spec, devel }, added);
};

const bringAlong = async (
  context: Resolver,
  { source, srcinfo }: Fetched,
  { spec, devel }: { readonly spec: SourceSpec; readonly devel: boolean },
  added: readonly AddedPackage[],
): Promise<Answer> => {
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
  const gathered = await gather(context, srcinfo, { ...surroundings, official });
  if (gathered.kind === "unusable") return gathered;
  if (gathered.kind === "unmet") return { kind: "unmet", pkgbase, missing: [...gathered.missing] };
  if (gathered.kind === "blind")
    return unusable(
      `${gathered.problem}; ${pkgbase} needs ${gathered.missing.join(", ")}, which may be there`,
    );

  const proposed = [{ spec, devel, dependency: false, source }, ...gathered.dependencies];
  const recorded = await recordSources(
    context,
    proposed.map((it) => it.source),
  );
  return {
    kind: "resolved",
    packages: recorded.flatMap((row, at) => {
      const it = proposed[at];
      if (!it) return [];
      const { spec, devel, dependency } = it;
      return {
        pkgbase: row.pkgbase,
        spec,
        specHash: row.specHash,
        source: row.id,
        devel,
        dependency,
      };
    }),
  };
};
