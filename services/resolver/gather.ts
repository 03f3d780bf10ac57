import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase, Pkgname } from "#shared/model.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import { type Closure, closeOver, type Surroundings } from "./closure.ts";
import type { Resolver } from "./context.ts";
import { type Adding, fetchOnce } from "./fetch-once.ts";
import { isDevel } from "./is-devel.ts";
import type { AurPackage } from "./pick-listed.ts";
import { specHashOf } from "./spec-hash.ts";
import type { Source } from "./store/sources.ts";
import { orUnusable, type Unusable, unusable } from "./unusable.ts";

type Ask = Extract<Closure, { kind: "ask" }>;

/** A package of the AUR that comes along. */
type Gained = {
  readonly spec: Extract<SourceSpec, { readonly type: "aur" }>;
  readonly devel: boolean;
  readonly dependency: true;
  readonly source: Source;
};

export type Gathered =
  | { readonly kind: "closed"; readonly dependencies: readonly Gained[] }
  | Extract<Closure, { kind: "unmet" | "blind" }>
  | Unusable;

/** Asks the AUR and fetches from it until it is decided what comes along with a source. */
export const gather = async (
  context: Resolver,
  target: Srcinfo,
  surroundings: Surroundings,
  adding: Adding,
): Promise<Gathered> => {
  const learnt = {
    listed: new Map<string, AurPackage | null>(),
    found: new Map<string, readonly Pkgname[]>(),
    fetched: new Map<Pkgbase, Srcinfo>(),
    gained: new Map<Pkgbase, Gained>(),
  };
  while (true) {
    const closure = closeOver(target, learnt, surroundings);
    if (closure.kind === "closed") {
      const { gained } = learnt;
      return {
        kind: "closed",
        dependencies: closure.choices.flatMap(({ pkgbase }) => gained.get(pkgbase) ?? []),
      };
    }
    if (closure.kind !== "ask") return closure;
    const refused =
      (await orUnusable(() => learnListed(context, closure, learnt))) ??
      (await learnSources(context, closure, learnt, adding));
    if (refused) return refused;
  }
};

type Learnt = {
  readonly listed: Map<string, AurPackage | null>;
  readonly found: Map<string, readonly Pkgname[]>;
  readonly fetched: Map<Pkgbase, Srcinfo>;
  readonly gained: Map<Pkgbase, Gained>;
};

const learnListed = async (
  { aur }: Resolver,
  { names, provisions }: Ask,
  { listed, found }: Learnt,
): Promise<undefined> => {
  for (const it of names.length > 0 ? await aur.info(names) : []) listed.set(it.name, it);
  for (const name of names) if (!listed.has(name)) listed.set(name, null);
  for (const provision of provisions) found.set(provision, await aur.search(provision));
};

const learnSources = async (
  context: Resolver,
  { sources: choices }: Ask,
  { listed, fetched, gained }: Learnt,
  adding: Adding,
): Promise<Unusable | undefined> => {
  const results = await Promise.all(
    choices.map(async ({ pkgbase, name }) => {
      const spec = { type: "aur", name } as const;
      const devel = isDevel(pkgbase);
      const request = {
        spec,
        specHash: specHashOf(spec),
        pkgbase,
        aur: listed.get(name)?.record ?? null,
        devel,
        srcinfoOverride: false,
      };
      const result = await fetchOnce(context, request, adding);
      return { pkgbase, spec, devel, result };
    }),
  );
  for (const { pkgbase, spec, devel, result } of results) {
    if (result.kind === "unusable") return unusable(`${pkgbase} of the AUR: ${result.message}`);
    const { source, srcinfo } = result;
    fetched.set(srcinfo.pkgbase, srcinfo);
    gained.set(srcinfo.pkgbase, { spec, devel, dependency: true, source });
  }
  return undefined;
};
