import * as v from "valibot";
import { graceOf } from "#shared/blobs/grace.ts";
import { Arch, type BuildId, type SessionId } from "#shared/model.ts";
import { buildTimeout, Retention } from "#shared/retention.ts";
import { Schedules } from "#shared/schedule.ts";
import { flag, integer } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import { shareNext, shareRunning } from "#shared/single-flight.ts";
import { seconds } from "#shared/time.ts";

export const Config = v.object({
  /** The repository's name, as pacman.conf has it. */
  NAME: v.optional(v.string(), "serene"),
  ARCH: v.optional(Arch, "x86_64"),
  ...Schedules.entries,
  /** Builds nothing by schedules. */
  SCHEDULING_DISABLED: flag(false),
  /** Orders the builds of a session by their dependencies. */
  RESOLVE_BUILD_SEQUENCE: flag(true),
  /** Builds what waits for a build that failed all the same. */
  RESOLVE_IGNORE_FAILED: flag(false),
  /** Builds of one session at a time. */
  CONCURRENT_BUILDS: integer(5, 1, 1_000, "a number of builds"),
  ...Retention.entries,
  KEEP_SESSIONS_DAYS: integer(90, 1, 36_500, "a number of days"),
  /** The builders': a blob that a build makes is named in no table before the build has ended. */
  BUILD_TIMEOUT: buildTimeout,
});

export const open = async (base: Base<typeof Config> & Tables) =>
  openWith(base, graceOf(seconds(base.config.BUILD_TIMEOUT)));

/** `grace`: milliseconds that a blob stays which nothing names. */
export const openWith = (_base: Base<typeof Config> & Tables, grace: number) => ({
  grace,
  /** Shares a plan of a session that is under way in this process. */
  planning: shareRunning<void, SessionId>(),
  /** Shares the writing of an order that is under way in this process. */
  ordering: shareRunning<void, SessionId>(),
  /** One release at a time; those that are wanted meanwhile are the next one. */
  releasing: shareNext<ReadonlyMap<BuildId, unknown>>(),
  /** The release that the builds of one look for waiting builds share. */
  look: new Map<"release", Promise<ReadonlyMap<BuildId, unknown>>>(),
});

export type Scheduler = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
