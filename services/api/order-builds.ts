import * as v from "valibot";
import { orderBuilds } from "#shared/messages/build.ts";
import { Pkgbase, type SessionId } from "#shared/model.ts";
import type { PackageBuildRequest } from "#shared/views.ts";
import type { Api } from "./context.ts";
import { listNames, notAdded } from "./store/shown.ts";

type Terms = Pick<PackageBuildRequest, "resolve" | "force"> & {
  /** Names the order, so that it can be asked for again. */
  readonly session: SessionId;
};

/** Orders builds of packages by name. One that is not added means that nothing is built. */
export const orderNamed = async (api: Api, names: readonly string[], terms: Terms) => {
  const known = new Set(await listNames(api.state.read, "all"));
  const packages = [...new Set(names)].map((name) => {
    const parsed = v.safeParse(Pkgbase, name);
    if (!parsed.success || !known.has(parsed.output)) throw notAdded(name);
    return parsed.output;
  });
  await order(api, packages, terms);
};

/** Orders builds of all packages that take part in schedules. */
export const orderAll = async (api: Api, terms: Terms) =>
  order(api, await listNames(api.state.read, "enabled"), terms);

const order = async ({ ask }: Api, packages: Pkgbase[], { session, resolve, force }: Terms) => {
  if (packages.length > 0)
    await ask(orderBuilds, { session, packages, reason: "manual", resolve, force });
};
