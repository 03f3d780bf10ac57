import * as v from "valibot";
import type { Payload } from "#shared/bus/declare.ts";
import type { repoPublished } from "#shared/messages/repo.ts";
import { RebuildId } from "#shared/model.ts";
import type { Verifier } from "./context.ts";
import { orderPublished } from "./store/orders.ts";

/** Has what was published rebuilt, once. */
export const rebuildPublished = async (
  { config, newId, now, state }: Verifier,
  { build, pkgbase }: Payload<typeof repoPublished>,
) => {
  if (!config.REBUILD_PUBLISHED) return;
  const order = { id: v.parse(RebuildId, newId()), pkgbase, at: now() };
  await orderPublished(state, order, build);
};
