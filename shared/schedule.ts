import * as v from "valibot";
import { CronExpression } from "./cron-expression.ts";

/** When packages that have no schedule of their own are built. */
export const Schedules = v.object({
  SCHEDULE: v.optional(CronExpression, "0 0 0 * * *"),
  /** Of devel packages. Absent: SCHEDULE. */
  SCHEDULE_DEVEL: v.optional(CronExpression),
});
export type Schedules = v.InferOutput<typeof Schedules>;

type Scheduled = { readonly schedule: string | null; readonly devel: boolean };

/** The cron expression that a package is built by. */
export const scheduleOf = (
  { schedule, devel }: Scheduled,
  { SCHEDULE, SCHEDULE_DEVEL = SCHEDULE }: Schedules,
) => schedule ?? (devel ? SCHEDULE_DEVEL : SCHEDULE);
