import { Fault } from "#shared/fault.ts";
import type { Order } from "#shared/messages/build.ts";
import type { Pkgbase } from "#shared/model.ts";
import type { Scheduler } from "./context.ts";
import { addedAtOf, basesOf, orderedIn } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";
import { writeSession } from "./write-session.ts";

/**
 * Orders a session of builds. The same session ordered again is the same. `Fault` missing, in serene's words, where a package is not added.
 */
export const orderBuilds = (scheduler: Scheduler, order: Order) =>
  write(scheduler, order, (wanted, isAdded) => {
    const missing = wanted.find((pkgbase) => !isAdded(pkgbase));
    if (missing !== undefined)
      throw new Fault("missing", `package with base ${missing} is not added`);
    return wanted;
  });

/** As `orderBuilds`, for packages that may have been removed since: those are left out. */
export const orderAdded = async (scheduler: Scheduler, order: Order) => {
  await write(scheduler, order, (wanted, isAdded) => wanted.filter(isAdded));
};

type Choose = (
  wanted: readonly Pkgbase[],
  isAdded: (pkgbase: Pkgbase) => boolean,
) => readonly Pkgbase[];

const write = (scheduler: Scheduler, order: Order, choose: Choose) =>
  writeBuilds(scheduler.state, async (transaction) => {
    const { session } = order;
    const there = await orderedIn(transaction, session);
    if (there) return { session, builds: there };
    const names = [...new Set(order.packages)].sort();
    const bases = await basesOf(transaction, Object.values(order.sources));
    for (const [pkgbase, source] of Object.entries(order.sources))
      if (bases.get(source) !== pkgbase)
        throw new Fault("missing", `package ${pkgbase} has no source ${source}`);
    const addedAt = await addedAtOf(transaction, names);
    const packages = choose(names, (pkgbase) => addedAt.has(pkgbase));
    return { session, builds: await writeSession(scheduler, transaction, { ...order, packages }) };
  });
