import * as v from "valibot";
import { Retention } from "#shared/retention.ts";
import { flag } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";

export const Config = v.object({
  /** Rebuilds whatever is published; otherwise only what is ordered. */
  REBUILD_PUBLISHED: flag(true),
  KEEP_BUILDS: Retention.entries.KEEP_BUILDS,
  KEEP_LOGS_DAYS: Retention.entries.KEEP_LOGS_DAYS,
});

export const open = async (_base: Base<typeof Config> & Tables) => ({});

export type Verifier = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
