import type * as v from "valibot";
import { type orderRebuild as question, rebuildPending } from "#shared/messages/rebuild.ts";
import type { Verifier } from "./context.ts";
import { newRebuildId } from "./ids.ts";
import { orderManual } from "./store/orders.ts";
import type { Rebuild } from "./store/rebuilds.ts";

type Order = v.InferOutput<(typeof question)["request"]>;

/** Writes the rebuild and answers; `rebuild.pending` has it pinned. */
export const orderRebuild = async (verifier: Verifier, { pkgbase }: Order) => {
  const { now, state } = verifier;
  const rebuild = await orderManual(state, { id: newRebuildId(), pkgbase, at: now() });
  await sayPending(verifier, rebuild);
  return { rebuild: rebuild.id };
};

export const sayPending = ({ publish }: Pick<Verifier, "publish">, rebuild: Rebuild) => {
  const { id, pkgbase, arch, build, orderedAt } = rebuild;
  return publish(rebuildPending, { rebuild: id, pkgbase, arch, build, at: orderedAt });
};
