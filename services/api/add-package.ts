import * as v from "valibot";
import type { Payload } from "#shared/bus/declare.ts";
import type { packageAdded } from "#shared/messages/package.ts";
import { resolveAdd, type SourceSpec } from "#shared/messages/resolve.ts";
import { Pkgname } from "#shared/model.ts";
import type { PackageAddRequest, PackageSource } from "#shared/views.ts";
import { announceSoon } from "./announce.ts";
import type { Api } from "./context.ts";
import { addPackages } from "./store/packages.ts";

export type Added =
  | { readonly kind: "added"; readonly names: readonly Payload<typeof packageAdded>["pkgbase"][] }
  | { readonly kind: "exists" }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "unmet"; readonly pkgbase: string; readonly missing: readonly string[] }
  | { readonly kind: "unusable"; readonly message: string };

export type Adding = Pick<Api, "ask" | "config" | "log" | "now" | "publish" | "state">;

/** Adds what the resolver makes of a source, and orders the first builds. */
export const addPackage = async (api: Api, request: PackageAddRequest): Promise<Added> => {
  const spec = await specOf(api, request.source);
  return spec ? addSource(api, spec, request) : { kind: "unknown", name: nameOf(request.source) };
};

export const addSource = async (
  api: Adding,
  spec: SourceSpec,
  { replace, build, resolve }: Pick<PackageAddRequest, "replace" | "build" | "resolve">,
): Promise<Added> => {
  const resolved = await api.ask(resolveAdd, { spec, replace });
  if (resolved.kind !== "resolved") return resolved;
  const owing = await addPackages(api.state, resolved.packages, {
    replace,
    enabled: api.config.SCHEDULING_DEFAULT,
    owed: { at: api.now(), build, resolve },
  });
  if (!owing) return { kind: "exists" };
  await announceSoon(api, owing);
  return { kind: "added", names: owing.map(({ pkgbase }) => pkgbase) };
};

/** `undefined` where no AUR package can have the name. */
const specOf = async ({ blobs }: Api, source: PackageSource): Promise<SourceSpec | undefined> => {
  if (source.type === "aur") {
    const name = v.safeParse(Pkgname, source.name);
    return name.success ? { type: "aur", name: name.output } : undefined;
  }
  if (source.type === "git") return source;
  const pkgbuild = await blobs.put(new TextEncoder().encode(source.pkgbuild));
  return { type: "raw", pkgbuild, devel: source.devel };
};

const nameOf = (source: PackageSource) => (source.type === "aur" ? source.name : source.type);
