import * as v from "valibot";
import { SessionId } from "#shared/model.ts";
import { scheduleOf } from "#shared/schedule.ts";
import type { Cron } from "#shared/service/cron.ts";
import type { Scheduler } from "./context.ts";
import { enabledSchedules, idlePackages } from "./store/packages.ts";
import { raiseRevision } from "./store/write-builds.ts";
import { writeSession } from "./write-session.ts";

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
    const idle = await idlePackages(transaction);
    const due = idle.filter((it) => expressions.has(scheduleOf(it, scheduler.config)));
    if (due.length === 0) return;
    await raiseRevision(transaction);
    await writeSession(scheduler, transaction, {
      session: v.parse(SessionId, scheduler.newId()),
      packages: due.map(({ pkgbase }) => pkgbase),
      sources: {},
      reason: "schedule",
      resolve: true,
      force: false,
    });
  },
};
