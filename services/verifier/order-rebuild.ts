import type * as v from "valibot";
import type { orderRebuild as question } from "#shared/messages/rebuild.ts";
import type { Verifier } from "./context.ts";
import { orderManual } from "./store/orders.ts";

type Order = v.InferOutput<(typeof question)["request"]>;

/** Writes the rebuild and answers; `rebuild.pending` has it pinned. */
export const orderRebuild = async ({ now, state }: Verifier, { pkgbase, rebuild: id }: Order) => {
  const rebuild = await orderManual(state, { id, pkgbase, at: now() });
  return { rebuild: rebuild.id };
};
