import { publication } from "#shared/bus/declare.ts";
import { sessionOrdered } from "#shared/messages/build.ts";
import { scheduleOf } from "#shared/schedule.ts";
import type { Cron } from "#shared/service/cron.ts";
import type { Scheduler } from "./context.ts";
import { enabledSchedules } from "./store/packages.ts";

/**
 * Builds the enabled packages whose schedule it is, unless they are being built: as in serene, those of all schedules
 * that are due are one session, which builds what has something new.
 */
export const schedules: Cron<Scheduler> = {
  name: "schedule",
  async schedules({ config, state }) {
    if (config.SCHEDULING_DISABLED) return [];
    return (await enabledSchedules(state)).map((it) => scheduleOf(it, config));
  },
  async tick(scheduler, transaction, expressions) {
    await transaction.publish(
      publication(sessionOrdered, {
        session: scheduler.newId(),
        packages: [],
        schedules: [...expressions],
        reason: "schedule",
        resolve: true,
        force: false,
      }),
    );
  },
};
