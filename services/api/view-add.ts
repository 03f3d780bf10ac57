import type { AddInfo } from "#shared/recipe-views.ts";
import { messageOf } from "./refuse-add.ts";
import type { AddOrder, AddProgress } from "./store/adds.ts";
import { timeOf } from "./view-build.ts";

/** `progress`: absent until the resolver has begun. */
export const viewAdd = (
  { id, orderedAt, endedAt, outcome }: AddOrder,
  progress: AddProgress | undefined,
): AddInfo => ({
  add: id,
  ordered: timeOf(orderedAt),
  fetching: progress?.fetching ?? null,
  fetched: progress?.fetched ?? 0,
  ended: endedAt === null ? null : timeOf(endedAt),
  outcome: outcome?.kind ?? null,
  added: outcome?.kind === "added" ? [...outcome.names] : [],
  message: outcome === null || outcome.kind === "added" ? null : messageOf(outcome),
});
