import * as v from "valibot";
import { publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { buildPending, type Order } from "#shared/messages/build.ts";
import { BuildId, type Pkgbase } from "#shared/model.ts";
import type { Scheduler } from "./context.ts";
import { addedAtOf, insertSession, orderedIn } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";

/**
 * Writes the session and its builds, and has each announced as pending, which has the session planned. The same
 * session ordered again is the same. `Fault` missing, in serene's words, where a package is not added.
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

const write = (
  { config, newId, now, state }: Scheduler,
  { session, packages, reason, resolve, force }: Order,
  choose: Choose,
) =>
  writeBuilds(state, async (transaction) => {
    const there = await orderedIn(transaction, session);
    if (there) return { session, builds: there };
    const names = [...new Set(packages)].sort();
    const addedAt = await addedAtOf(transaction, names);
    const wanted = choose(names, (pkgbase) => addedAt.has(pkgbase)).map((pkgbase) => ({
      pkgbase,
      build: v.parse(BuildId, newId()),
    }));
    const at = now();
    const { ARCH: arch } = config;
    await insertSession(transaction, {
      session: { id: session, reason, resolve, force, orderedAt: at },
      wanted,
      arch,
    });
    await transaction.publish(
      ...wanted.map(({ build, pkgbase }) =>
        publication(buildPending, { build, pkgbase, arch, at }),
      ),
    );
    return { session, builds: wanted };
  });
