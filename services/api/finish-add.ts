import * as v from "valibot";
import { publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { type Order, orderBuilds, sessionOrdered } from "#shared/messages/build.ts";
import { addRequested, type ResolvedAdd } from "#shared/messages/resolve.ts";
import { AddId, type Pkgbase, SessionId, type SourceId } from "#shared/model.ts";
import type { Reconcile } from "#shared/service/reconcile.ts";
import type { AddOutcome } from "#shared/state/adds.ts";
import type { Transaction } from "#shared/state/state.ts";
import { days } from "#shared/time.ts";
import { changePackageIn } from "./change-package.ts";
import type { Api } from "./context.ts";
import {
  type AddOrder,
  deleteEndedAdds,
  endAdd,
  findAdd,
  findProgress,
  findUnendedAdds,
} from "./store/adds.ts";
import { findGone } from "./store/packages.ts";
import { writePackages } from "./store/write-packages.ts";

export type Finishing = Pick<Api, "ask" | "config" | "log" | "newId" | "now" | "state">;

/** Makes packages of what the resolver has found for an add; undefined while it is at work. Twice is once. */
export const finishAdd = async (api: Finishing, id: AddId): Promise<AddOutcome | undefined> => {
  const { now, state } = api;
  const order = await findAdd(state.read, id);
  if (!order) throw new Fault("missing", "no add has this id");
  if (order.outcome) return order.outcome;
  const result = (await findProgress(state.read, id))?.result;
  if (!result) return undefined;
  if (result.kind === "resolved") return addResolved(api, order, result);
  const outcome: AddOutcome = result.kind === "exists" ? { kind: "exists" } : result;
  await state.write((transaction) => endAdd(transaction, id, outcome, now()));
  return outcome;
};

/** All packages of an add become visible together, and their first builds are ordered with them. */
const addResolved = async (
  api: Finishing,
  order: AddOrder,
  resolved: Extract<ResolvedAdd, { readonly kind: "resolved" }>,
): Promise<AddOutcome | undefined> => {
  const { ask, log, newId, now, state } = api;
  const session = v.parse(SessionId, newId());
  try {
    const written = await writePackages(state, (transaction) =>
      write(api, transaction, order, { resolved, session }),
    );
    if (written.kind === "done") return (await findAdd(state.read, order.id))?.outcome ?? undefined;
    // The message orders them in any case; asking as well has the builds there before the caller looks for them.
    if (written.order) await ask(orderBuilds, written.order).catch((error) => putOff(log, error));
    return written.outcome;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "conflict") throw error;
    const outcome = { kind: "failed", fault: "conflict", message: error.message } as const;
    await state.write((transaction) => endAdd(transaction, order.id, outcome, now()));
    return outcome;
  }
};

type Written =
  /** By another process. */
  | { readonly kind: "done" }
  | { readonly kind: "written"; readonly outcome: AddOutcome; readonly order?: Order };

const write = async (
  { config, now }: Finishing,
  transaction: Transaction,
  { id, replace, build, resolve }: AddOrder,
  {
    resolved: { packages },
    session,
  }: {
    readonly resolved: Extract<ResolvedAdd, { readonly kind: "resolved" }>;
    readonly session: SessionId;
  },
): Promise<Written> => {
  const at = now();
  const gone = await findGone(
    transaction,
    packages.map(({ source }) => source),
  );
  const names: Pkgbase[] = [];
  const sources: Record<Pkgbase, SourceId> = {};
  for (const proposed of packages) {
    const { pkgbase, source } = proposed;
    if (source === gone)
      throw new Fault("conflict", `package ${pkgbase} was removed meanwhile, try again`);
    const event = { kind: "added", proposed, replace } as const;
    const enabled = config.SCHEDULING_DEFAULT;
    const change = await changePackageIn(transaction, pkgbase, event, { at, enabled });
    if (change.kind === "leaving")
      throw new Fault("conflict", `package ${pkgbase} is being removed, try again soon`);
    // The asked-for package is the first, so nothing is written yet.
    if (change.kind === "exists") {
      const outcome = { kind: "exists" } as const;
      return (await endAdd(transaction, id, outcome, at))
        ? { kind: "written", outcome }
        : { kind: "done" };
    }
    if (change.kind === "none") continue;
    names.push(pkgbase);
    sources[pkgbase] = source;
  }
  const outcome = { kind: "added", names } as const;
  if (!(await endAdd(transaction, id, outcome, at))) return { kind: "done" };
  if (!build || names.length === 0) return { kind: "written", outcome };
  const order: Order = {
    session,
    packages: names,
    sources,
    reason: "initial",
    resolve,
    force: false,
  };
  await transaction.publish(publication(sessionOrdered, order));
  return { kind: "written", outcome, order };
};

const putOff = (log: Api["log"], error: unknown) => {
  if (!(error instanceof Fault)) throw error;
  log.warn("first builds are put off", { error });
};

/** Adds whose process died, or whose message may be lost. */
export const unfinishedAdds: Reconcile<Api> = {
  name: "unfinished adds",
  find: ({ state }) => findUnendedAdds(state.read).then((rows) => rows.map(({ id }) => id)),
  async step(api, row) {
    const id = v.parse(AddId, row);
    if (await finishAdd(api, id)) return;
    const order = await findAdd(api.state.read, id);
    if (!order) return;
    const { spec, replace } = order;
    await api.state.write((transaction) =>
      transaction.publish(publication(addRequested, { add: id, spec, replace })),
    );
  },
  async giveUp({ now, state }, id, message) {
    const outcome = { kind: "failed", fault: "unavailable", message } as const;
    await state.write((transaction) => endAdd(transaction, v.parse(AddId, id), outcome, now()));
  },
};

/** How long an add that has ended can be asked for again. */
const kept = days(1);

export const forgetAdds = async ({ now, state }: Pick<Api, "now" | "state">) => {
  await deleteEndedAdds(state, now() - kept);
};
