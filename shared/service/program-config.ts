import * as v from "valibot";
import type { ProgramEnvironment } from "#shared/run-program.ts";
import { text } from "./config.ts";

/** Where programs are looked for; part of the Config of each service that runs some. */
export const ProgramConfig = {
  PATH: v.optional(v.string(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
  HOME: text,
} as const;

/**
 * The way out to other hosts. The runtime reads these itself for the requests that kiln makes; programs that make
 * requests get them from here. The names in small letters are read where those in capitals are not set.
 */
export const NetworkConfig = {
  HTTP_PROXY: text,
  HTTPS_PROXY: text,
  ALL_PROXY: text,
  NO_PROXY: text,
  http_proxy: text,
  https_proxy: text,
  all_proxy: text,
  no_proxy: text,
  /** Certificates of authorities, PEM: a file, and a directory. */
  SSL_CERT_FILE: text,
  SSL_CERT_DIR: text,
} as const;

type Of<Entries extends Readonly<Record<string, v.GenericSchema>>> = {
  readonly [Name in keyof Entries]?: v.InferOutput<Entries[Name]>;
};

export const programEnvironment = ({ PATH, HOME }: Of<typeof ProgramConfig>) =>
  withoutUnset({ PATH, HOME, LC_ALL: "C" });

/** Proxies under both forms of their names: curl(1), and so git, reads http_proxy in small letters alone. */
export const networkEnvironment = (config: Of<typeof NetworkConfig>) => {
  const http = config.HTTP_PROXY ?? config.http_proxy;
  const https = config.HTTPS_PROXY ?? config.https_proxy;
  const all = config.ALL_PROXY ?? config.all_proxy;
  const no = config.NO_PROXY ?? config.no_proxy;
  return withoutUnset({
    HTTP_PROXY: http,
    http_proxy: http,
    HTTPS_PROXY: https,
    https_proxy: https,
    ALL_PROXY: all,
    all_proxy: all,
    NO_PROXY: no,
    no_proxy: no,
    SSL_CERT_FILE: config.SSL_CERT_FILE,
    SSL_CERT_DIR: config.SSL_CERT_DIR,
  });
};

export const withoutUnset = (
  variables: Readonly<Record<string, string | undefined>>,
): ProgramEnvironment =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
