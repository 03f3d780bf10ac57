import * as v from "valibot";
import { buildPending, type orderBuilds as question } from "#shared/messages/build.ts";
import { BuildId, SessionId } from "#shared/model.ts";
import type { Scheduler } from "./context.ts";
import { insertSession } from "./store/sessions.ts";

type Order = v.InferOutput<(typeof question)["request"]>;

/** Writes the session and its builds, and answers; `build.pending` has the session planned. */
export const orderBuilds = async (
  { config, newId, now, publish, state }: Scheduler,
  { packages, reason, resolve, force }: Order,
) => {
  const session = v.parse(SessionId, newId());
  const wanted = [...new Set(packages)]
    .sort()
    .map((pkgbase) => ({ pkgbase, build: v.parse(BuildId, newId()) }));
  const at = now();
  await insertSession(state, {
    session: { id: session, reason, resolve, force, orderedAt: at },
    wanted,
    arch: config.ARCH,
  });
  for (const { build, pkgbase } of wanted)
    await publish(buildPending, { build, pkgbase, arch: config.ARCH, at });
  return { session, builds: wanted };
};
