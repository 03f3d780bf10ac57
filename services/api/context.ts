import * as v from "valibot";
import { openAuthorized } from "#shared/http/authorized.ts";
import type { Peer } from "#shared/runtime.ts";
import { Schedules } from "#shared/schedule.ts";
import { flag, text } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import { readOnChange } from "#shared/state/read-on-change.ts";
import { openAnswers } from "./answers.ts";
import { openHub } from "./live/hub.ts";
import { openRunningOutput } from "./running-output.ts";
import { findUnfinishedBuilds } from "./store/builds.ts";
import { revisionReader } from "./store/revision.ts";
import { viewState } from "./view-build.ts";

export const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  NAME: v.optional(v.string(), "serene"),
  ARCH: v.optional(v.string(), "x86_64"),
  /** Reading takes no secret. */
  ALLOW_READS: flag(false),
  /** Lines as of `authorized_secrets`. Absent: that file, in DATA_DIR. */
  AUTHORIZED_SECRETS: text,
  /** Adds and builds `kiln-cli`. */
  BUILD_CLI: flag(true),
  /** Whether new packages take part in schedules. */
  SCHEDULING_DEFAULT: flag(true),
  ...Schedules.entries,
  AUR_URL: v.optional(v.string(), "https://aur.archlinux.org"),
});
export type Config = v.InferOutput<typeof Config>;

export const open = async (base: Base<typeof Config> & Tables) => {
  const { config, log, follow, pause, state } = base;
  const authorized = await openAuthorized(config);
  const live = openHub({
    now: base.now,
    log,
    follow,
    pause,
    findUnfinished: async (pkgbase) => {
      const rows = await findUnfinishedBuilds(state.read, pkgbase);
      return rows.map((row) => ({ ...row, state: viewState(row) }));
    },
  });
  return {
    live,
    readRunning: openRunningOutput({ follow, pause }),
    startedAt: base.now(),
    answers: openAnswers(readOnChange(state, revisionReader(state.read))),
    authorized,
    /** Whether this process has seen to its command line's package. */
    commandLine: { seenTo: false },
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
};

export type Api = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;

/** Hono's environment: every route finds the service context at `c.var.api`, and who asks by `c.env.peer`. */
export type ApiEnv = { Bindings: { readonly peer: Peer }; Variables: { api: Api } };
