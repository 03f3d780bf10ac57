import { join } from "node:path";
import { demandWithoutFiles } from "#shared/service/without-files.ts";
import { shareNext } from "#shared/single-flight.ts";
import { parseAuthorized } from "./secrets.ts";

/** Reads the hashes of the secrets that may write. */
export type Authorized = () => Promise<readonly string[]>;

type Config = {
  readonly DATA_DIR: string;
  /** Lines as of `authorized_secrets`. Absent: that file, in DATA_DIR. */
  readonly AUTHORIZED_SECRETS?: string | undefined;
};

/** The file is read anew for each request, so that edits count at once; requests that arrive together share one read. */
export const openAuthorized = async (config: Config): Promise<Authorized> => {
  const read = await openSecrets(config);
  const share = shareNext<readonly string[]>();
  const readParsed = async () => parseAuthorized(await read());
  return () => share(readParsed);
};

const openSecrets = async ({ AUTHORIZED_SECRETS: given, DATA_DIR: data }: Config) => {
  if (given !== undefined) return async () => given;
  demandWithoutFiles(data, "AUTHORIZED_SECRETS", given, "lines of base64 sha256");
  // Loaded here, as a service that gets its secrets from a variable may run where there are no files.
  const { readFile } = await import("node:fs/promises");
  return () => readFile(join(data, "authorized_secrets"), "utf8");
};
