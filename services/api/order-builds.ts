import { mostOrdered, orderBuilds } from "#shared/messages/build.ts";
import type { Pkgbase, SessionId } from "#shared/model.ts";
import type { PackageBuildRequest } from "#shared/views.ts";
import type { Api } from "./context.ts";
import { demandBase } from "./store/names.ts";
import { listNames } from "./store/shown.ts";
import { demandSource } from "./store/sources.ts";

type Terms = Pick<PackageBuildRequest, "resolve" | "force"> & {
  /** Names the order, so that it can be asked for again. */
  readonly session: SessionId;
};

/** Orders builds of packages, by the names of pkgbases or of their packages. One that is not added means that nothing is built. */
export const orderNamed = async (
  { ask, state }: Api,
  names: readonly string[],
  { session, resolve, force }: Terms,
) => {
  const known = new Map<string, Pkgbase>((await listNames(state.read)).map((it) => [it, it]));
  const bases = new Set<Pkgbase>();
  for (const name of names) bases.add(known.get(name) ?? (await demandBase(state.read, name)));
  const packages = [...bases];
  for (let start = 0; start < packages.length; start += mostOrdered)
    await ask(orderBuilds, {
      session,
      packages: packages.slice(start, start + mostOrdered),
      more: start + mostOrdered < packages.length,
      reason: "manual",
      resolve,
      force,
    });
};

/** Orders builds of all packages that take part in schedules. */
export const orderAll = async ({ ask }: Api, { session, resolve, force }: Terms) => {
  await ask(orderBuilds, { session, packages: [], all: true, reason: "manual", resolve, force });
};

/** Orders a build of one package; `source`: the id of the source to build, or of a build of it. */
export const orderOne = async (
  { ask, state }: Api,
  pkgbase: Pkgbase,
  { session, source, resolve, force }: Terms & { readonly source?: string | undefined },
) => {
  const chosen =
    source === undefined
      ? undefined
      : await demandSource(state.read, pkgbase, { kind: "id", id: source });
  await ask(orderBuilds, {
    session,
    packages: [pkgbase],
    sources: chosen ? { [pkgbase]: chosen.id } : {},
    reason: "manual",
    resolve,
    force,
  });
};
