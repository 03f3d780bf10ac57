import * as v from "valibot";
import { type orderRebuild as question, rebuildPending } from "#shared/messages/rebuild.ts";
import { RebuildId } from "#shared/model.ts";
import type { Verifier } from "./context.ts";
import { orderManual } from "./store/orders.ts";
import type { Rebuild } from "./store/rebuilds.ts";

type Order = v.InferOutput<(typeof question)["request"]>;

/** Writes the rebuild and answers; `rebuild.pending` has it pinned. */
export const orderRebuild = async (verifier: Verifier, { pkgbase }: Order) => {
  const { now, state } = verifier;
  const order = { id: newRebuildId(verifier), pkgbase, at: now() };
  const rebuild = await orderManual(state, order);
  await sayPending(verifier, rebuild);
  return { rebuild: rebuild.id };
};

export const newRebuildId = ({ newId }: Pick<Verifier, "newId">) => v.parse(RebuildId, newId());

export const sayPending = ({ publish }: Pick<Verifier, "publish">, rebuild: Rebuild) => {
  const { id, pkgbase, arch, build, orderedAt } = rebuild;
  return publish(rebuildPending, { rebuild: id, pkgbase, arch, build, at: orderedAt });
};
