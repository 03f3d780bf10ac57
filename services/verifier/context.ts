import * as v from "valibot";
import { flag } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";

export const Config = v.object({
  /** Rebuilds whatever is published; otherwise only what is ordered. */
  REBUILD_PUBLISHED: flag(true),
});

export const open = async (_base: Base<typeof Config> & Tables) => ({});

export type Verifier = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
