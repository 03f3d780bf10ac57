import * as v from "valibot";
import { publication } from "#shared/bus/declare.ts";
import { buildPending, type Order } from "#shared/messages/build.ts";
import { planRequested } from "#shared/messages/plan.ts";
import { BuildId, type Pkgbase } from "#shared/model.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { Scheduler } from "./context.ts";
import { planOf } from "./plan-session.ts";
import { insertSession } from "./store/sessions.ts";

type Session = Omit<Order, "packages"> & {
  /** Each once. */
  readonly packages: readonly Pkgbase[];
};

/** Writes a new session and its builds, and has each build announced as pending and the session planned. */
export const writeSession = async (
  { config, newId, now }: Scheduler,
  transaction: Transaction,
  { session, packages, reason, resolve, force }: Session,
) => {
  const { ARCH: arch } = config;
  const at = now();
  const wanted = packages.map((pkgbase) => ({ pkgbase, build: v.parse(BuildId, newId()) }));
  await insertSession(transaction, {
    session: { id: session, reason, resolve, force, orderedAt: at },
    wanted,
    arch,
  });
  await transaction.publish(
    ...wanted.map(({ build, pkgbase }) => publication(buildPending, { build, pkgbase, arch, at })),
    publication(planRequested, planOf({ config }, { id: session, resolve })),
  );
  return wanted;
};
