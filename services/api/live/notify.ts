import type { Payload } from "#shared/bus/declare.ts";
import type {
  buildEnded,
  buildFinished,
  buildPending,
  buildStarted,
} from "#shared/messages/build.ts";
import { endOf } from "./end-of.ts";
import type { Hub } from "./hub.ts";

// What each message about a build means for the live events of its package.

type Live = { readonly live: Pick<Hub, "notify" | "notifyEnd"> };

export const notifyPending = ({ live }: Live, { pkgbase, build }: Payload<typeof buildPending>) =>
  live.notify({ pkgbase, build }, (channel) => channel.pending(build));

export const notifyStarted = (
  { live }: Live,
  { pkgbase, build, at }: Payload<typeof buildStarted>,
) => live.notify({ pkgbase, build }, (channel) => channel.started(build, at));

export const notifyFinished = (
  { live }: Live,
  { pkgbase, build, outputs, outcome }: Payload<typeof buildFinished>,
) =>
  live.notify({ pkgbase, build }, (channel) =>
    channel.finished(build, outputs, outcome.kind === "built"),
  );

export const notifyEnded = ({ live }: Live, payload: Payload<typeof buildEnded>) => {
  const { pkgbase, build, at } = payload;
  live.notifyEnd({ pkgbase, build, at }, (channel) => channel.ended(build, endOf(payload)));
};
