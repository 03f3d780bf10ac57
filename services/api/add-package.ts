import * as v from "valibot";
import { publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { type Order, orderBuilds, sessionOrdered } from "#shared/messages/build.ts";
import { resolveAdd, type SourceSpec } from "#shared/messages/resolve.ts";
import { type Pkgbase, Pkgname, SessionId, type SourceId } from "#shared/model.ts";
import type { Log } from "#shared/service/log.ts";
import type { PackageAddRequest, PackageSource } from "#shared/views.ts";
import { changePackageIn } from "./change-package.ts";
import type { Api } from "./context.ts";
import { findGone } from "./store/packages.ts";
import { writePackages } from "./store/write-packages.ts";

export type Added =
  | { readonly kind: "added"; readonly names: readonly Pkgbase[] }
  | { readonly kind: "exists" }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "unmet"; readonly pkgbase: string; readonly missing: readonly string[] }
  | { readonly kind: "unusable"; readonly message: string };

export type Adding = Pick<Api, "ask" | "config" | "log" | "newId" | "now" | "state">;

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
  const { ask, config, log, newId, now, state } = api;
  const resolved = await ask(resolveAdd, { spec, replace });
  if (resolved.kind !== "resolved") return resolved;
  const session = v.parse(SessionId, newId());
  const at = now();
  const added = await writePackages(state, async (transaction): Promise<Written> => {
    const gone = await findGone(
      transaction,
      resolved.packages.map(({ source }) => source),
    );
    const names: Pkgbase[] = [];
    const sources: Record<Pkgbase, SourceId> = {};
    for (const proposed of resolved.packages) {
      const { pkgbase, source } = proposed;
      if (source === gone)
        throw new Fault("conflict", `package ${pkgbase} was removed meanwhile, try again`);
      const event = { kind: "added", proposed, replace } as const;
      const enabled = config.SCHEDULING_DEFAULT;
      const change = await changePackageIn(transaction, pkgbase, event, { at, enabled });
      // The asked-for package is the first, so nothing is written yet.
      if (change.kind === "exists") return { kind: "exists", order: undefined };
      if (change.kind === "leaving")
        throw new Fault("conflict", `package ${pkgbase} is being removed, try again soon`);
      if (change.kind === "none") continue;
      names.push(pkgbase);
      sources[pkgbase] = source;
    }
    if (!build || names.length === 0) return { kind: "added", names, order: undefined };
    const order = {
      session,
      packages: names,
      sources,
      reason: "initial",
      resolve,
      force: false,
    } as const;
    await transaction.publish(publication(sessionOrdered, order));
    return { kind: "added", names, order };
  });
  const { order } = added;
  // The message orders them in any case; asking as well has the builds there before the caller looks for them.
  if (order) await ask(orderBuilds, order).catch((error) => putOff(log, error));
  return added;
};

type Written = Extract<Added, { readonly kind: "added" | "exists" }> & {
  readonly order: Order | undefined;
};

const putOff = (log: Log, error: unknown) => {
  if (!(error instanceof Fault)) throw error;
  log.warn("first builds are put off", { error });
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
