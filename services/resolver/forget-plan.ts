import type { Payload } from "#shared/bus/declare.ts";
import type { sessionEnded } from "#shared/messages/plan.ts";
import type { Resolver } from "./context.ts";
import { deletePlan } from "./store/plans.ts";

/** Nobody reads the plan of a session that has ended. */
export const forgetPlan = ({ state }: Resolver, { session }: Payload<typeof sessionEnded>) =>
  deletePlan(state, session);
