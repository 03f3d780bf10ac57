import * as v from "valibot";
import { flag, text } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import { demandWithoutFiles } from "#shared/service/without-files.ts";
import { shareNext } from "#shared/single-flight.ts";
import { readOnChange } from "#shared/state/read-on-change.ts";
import { openAnswers } from "./answers.ts";
import { openHub } from "./live/hub.ts";
import { parseAuthorized } from "./secrets.ts";
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
  SCHEDULE: v.optional(v.string(), "0 0 0 * * *"),
  /** Absent: SCHEDULE. */
  SCHEDULE_DEVEL: text,
  AUR_URL: v.optional(v.string(), "https://aur.archlinux.org"),
});
export type Config = v.InferOutput<typeof Config>;

export const open = async (base: Base<typeof Config> & Tables) => {
  const { config, log, follow, pause, state } = base;
  const secrets = await openSecrets(config);
  const live = await openHub({
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
    startedAt: base.now(),
    answers: openAnswers(readOnChange(state, revisionReader(state.read))),
    /** The hashes in `authorized_secrets`, read after each question; many who ask at once share the work. */
    authorized: shareNext(async () => parseAuthorized(await secrets.read())),
    /** Whether this process has seen to its command line's package. */
    commandLine: { seenTo: false },
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
};

const openSecrets = async (config: Config) => {
  const given = config.AUTHORIZED_SECRETS;
  if (given !== undefined) return { read: async () => given };
  demandWithoutFiles(config.DATA_DIR, "AUTHORIZED_SECRETS", given, "lines of base64 sha256");
  const { connectSecretsFile } = await import("./secrets-file.ts");
  return connectSecretsFile(config.DATA_DIR);
};

export type Api = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;

/** Hono's environment: every route finds the service context at `c.var.api`. */
export type ApiEnv = { Variables: { api: Api } };
