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

type Live = { readonly live: Pick<Hub, "channelOf"> };

export const notifyPending = (
  { live }: Live,
  { pkgbase, build }: Payload<typeof buildPending>,
): void => live.channelOf(pkgbase)?.pending(build);

export const notifyStarted = (
  { live }: Live,
  { pkgbase, build, at }: Payload<typeof buildStarted>,
): void => live.channelOf(pkgbase)?.started(build, at);

export const notifyFinished = (
  { live }: Live,
  { pkgbase, build, outputs, outcome }: Payload<typeof buildFinished>,
): void => live.channelOf(pkgbase)?.finished(build, outputs, outcome.kind === "built");

export const notifyEnded = ({ live }: Live, payload: Payload<typeof buildEnded>): void =>
  live.channelOf(payload.pkgbase)?.ended(payload.build, endOf(payload));
