import { Fault } from "#shared/fault.ts";
import { orderBuilds } from "#shared/messages/build.ts";
import { packageAdded, packageChanged } from "#shared/messages/package.ts";
import { seconds } from "#shared/time.ts";
import type { Api } from "./context.ts";
import { findOwing, type Owing, settleOwed } from "./store/packages.ts";

type Announcing = Pick<Api, "ask" | "publish" | "state">;

/** Says what adds owe: that there are packages, and that their first builds are wanted. */
export const announce = async (api: Announcing, owing: readonly Owing[]) => {
  for (const it of owing) await say(api, it);
  for (const resolve of [true, false]) {
    const wanted = owing.filter(({ owed }) => owed.build && owed.resolve === resolve);
    if (wanted.length === 0) continue;
    const names = wanted.map(({ pkgbase }) => pkgbase);
    await api.ask(orderBuilds, { packages: names, reason: "initial", resolve, force: false });
  }
  await settleOwed(api.state, owing);
};

/** As `announce`; where the scheduler does not answer, `announceOverdue` says it later. */
export const announceSoon = async (api: Announcing & Pick<Api, "log">, owing: readonly Owing[]) => {
  try {
    await announce(api, owing);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
    api.log.warn("first builds are put off", { packages: owing.length, error });
  }
};

/** Longer than a request takes to say it itself. */
const overdue = seconds(15);

/** Says what an add owes whose process died, or which nobody answered. */
export const announceOverdue = async (api: Announcing & Pick<Api, "now">) => {
  const owing = await findOwing(api.state.read);
  // A clock that was put back must not keep it waiting until it is there again.
  const late = owing.filter(({ owed }) => Math.abs(api.now() - owed.at) >= overdue);
  if (late.length > 0) await announce(api, late);
};

const say = ({ publish }: Announcing, { pkgbase, source, dependency, owed }: Owing) =>
  owed.message === "added"
    ? publish(packageAdded, { pkgbase, source, dependency, at: owed.at })
    : publish(packageChanged, { pkgbase, source, at: owed.at });
