import type { Payload } from "#shared/bus/declare.ts";
import type { repoPublished } from "#shared/messages/repo.ts";
import type { Verifier } from "./context.ts";
import { newRebuildId, sayPending } from "./order-rebuild.ts";
import { orderPublished } from "./store/orders.ts";

/** Has what was published rebuilt, once. */
export const rebuildPublished = async (
  verifier: Verifier,
  { build, pkgbase }: Payload<typeof repoPublished>,
) => {
  const { config, now, state } = verifier;
  if (!config.REBUILD_PUBLISHED) return;
  const order = { id: newRebuildId(verifier), pkgbase, at: now() };
  const rebuild = await orderPublished(state, order, build);
  if (rebuild?.status === null) await sayPending(verifier, rebuild);
};
