import * as v from "valibot";
import { type Payload, publication } from "#shared/bus/declare.ts";
import { type buildFinished, sessionOrdered } from "#shared/messages/build.ts";
import type { publishRefused, repoPublished } from "#shared/messages/repo.ts";
import { SessionId } from "#shared/model.ts";
import { changeBuild, changeBuildsIn, countEnds, isEnd } from "./change-build.ts";
import type { Scheduler } from "./context.ts";
import { describeImpact } from "./describe-impact.ts";
import { findReason } from "./store/sessions.ts";
import { writeBuilds } from "./store/write-builds.ts";

/** A builder reports how a build went. */
export const finishBuild = async (scheduler: Scheduler, report: Payload<typeof buildFinished>) => {
  await changeBuild(scheduler, report.build, { kind: "finished", report });
};

/**
 * The packages of a build can be installed. What they break is built again, by a pkgrel of its own: ordered in the write that
 * ends the build, so once.
 */
export const finishPublished = async (
  scheduler: Scheduler,
  { build, packages, impact }: Payload<typeof repoPublished>,
) => {
  const { newId, now, state } = scheduler;
  const version = packages[0]?.version ?? null;
  const message = impact && describeImpact(impact);
  const event = { kind: "published", version, message } as const;
  const steps = await writeBuilds(state, async (transaction) => {
    const changed = await changeBuildsIn(transaction, new Map([[build, event]]), now());
    const step = changed.get(build);
    const broken = [...new Set(impact?.breaks.map(({ pkgbase }) => pkgbase))];
    if (broken.length === 0 || !step || !isEnd(step)) return changed;
    await transaction.publish(
      publication(sessionOrdered, {
        session: v.parse(SessionId, newId()),
        packages: broken,
        reason: (await findReason(transaction, build)) ?? "unknown",
        resolve: true,
        force: false,
        renumber: broken,
      }),
    );
    return changed;
  });
  countEnds(scheduler, steps);
};

/** The repository does not take what a build made. */
export const finishRefused = async (
  scheduler: Scheduler,
  { build, message, pkgrel, again }: Payload<typeof publishRefused>,
) => {
  await changeBuild(scheduler, build, { kind: "refused", message, pkgrel, again });
};
