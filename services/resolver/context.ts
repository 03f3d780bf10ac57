import { join } from "node:path";
import pLimit from "p-limit";
import * as v from "valibot";
import { Arch } from "#shared/model.ts";
import { flag, integer, text } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import {
  NetworkConfig,
  networkEnvironment,
  ProgramConfig,
  programEnvironment,
  withoutUnset,
} from "#shared/service/program-config.ts";
import { syncMirror } from "#shared/sync-mirror.ts";
import { connectAur } from "./aur.ts";
import { connectGit } from "./git.ts";
import { connectMirror } from "./mirror.ts";
import { openOfficial } from "./official.ts";
import { openRecipes } from "./recipes.ts";

const HttpUrl = v.pipe(v.string(), v.regex(/^https?:\/\/[^\s/]+/, "an http or https URL"));

export const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  ARCH: v.optional(Arch, "x86_64"),
  AUR_URL: v.optional(HttpUrl, "https://aur.archlinux.org"),
  /** Milliseconds of one request to the AUR. */
  AUR_REQUEST_TIMEOUT: integer(5_000, 1, 600_000, "a number of milliseconds"),
  /** Further tries of a request to the AUR that failed. */
  AUR_REQUEST_RETRIES: integer(1, 0, 100, "a number of tries"),
  SYNC_MIRROR: syncMirror,
  /** Allows `file://` sources. */
  GIT_ALLOW_FILE: flag(false),
  /** Milliseconds one run of git may take. */
  GIT_TIMEOUT: integer(60_000, 1, 3_600_000, "a number of milliseconds"),
  /** Bytes that the files of one source may have. */
  SOURCE_LIMIT: integer(64 * 1024 ** 2, 1, 1024 ** 3, "a number of bytes"),
  ...ProgramConfig,
  ...NetworkConfig,
  /** Of ssh-agent(1), for git over ssh. */
  SSH_AUTH_SOCK: text,
  /** As SSL_CERT_FILE, for git alone. */
  GIT_SSL_CAINFO: text,
});
export type Config = v.InferOutput<typeof Config>;

/** Fetches under way at a time. */
const fetchesAtOnce = 6;

export const open = async (base: Base<typeof Config> & Tables) => {
  const { config, log, pause, signal } = base;
  const mirror = connectMirror({
    pattern: config.SYNC_MIRROR,
    arch: config.ARCH,
    signal,
    pause,
  });
  return {
    git: connectGit({
      directory: join(config.DATA_DIR, "work"),
      allowFile: config.GIT_ALLOW_FILE,
      timeout: config.GIT_TIMEOUT,
      limit: config.SOURCE_LIMIT,
      environment: gitEnvironment(config),
      signal,
    }),
    aur: connectAur({
      url: config.AUR_URL,
      timeout: config.AUR_REQUEST_TIMEOUT,
      retries: config.AUR_REQUEST_RETRIES,
      signal,
      pause,
      log,
    }),
    official: openOfficial({ ...base, mirror }),
    recipes: openRecipes(base),
    fetches: pLimit(fetchesAtOnce),
  };
};

/** git reads names of its own for the certificates of authorities. Source: git-config(1), http.sslCAInfo. */
const gitEnvironment = (config: Config) => ({
  ...programEnvironment(config),
  ...networkEnvironment(config),
  ...withoutUnset({
    SSH_AUTH_SOCK: config.SSH_AUTH_SOCK,
    GIT_SSL_CAINFO: config.GIT_SSL_CAINFO ?? config.SSL_CERT_FILE,
    GIT_SSL_CAPATH: config.SSL_CERT_DIR,
  }),
});

export type Resolver = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
