import { join } from "node:path";
import { Fault } from "#shared/fault.ts";
import type { World } from "./world.ts";

export type Given = { readonly server?: string; readonly secret?: string };

export type Settings = { readonly url: string; readonly secret: string | undefined };

/** Where `kiln start` listens unless told otherwise. */
const nearby = "http://127.0.0.1:8080";

/** The server and the secret: of the command line, of the environment, of serene's own files. */
export const findSettings = async (
  { environment, readFile }: Pick<World, "environment" | "readFile">,
  given: Given,
): Promise<Settings> => {
  const home = environment.HOME ?? "/";
  const config = environment.XDG_CONFIG_HOME || join(home, ".config");
  const data = environment.XDG_DATA_HOME || join(home, ".local", "share");
  const sereneConfig = await readFile(join(config, "serene.yml"));
  const sereneSecret = await readFile(join(data, "serene", "secret.txt"));
  const url = given.server || environment.KILN_URL || urlOf(sereneConfig) || nearby;
  const secret = given.secret || environment.KILN_SECRET || sereneSecret?.trim() || undefined;
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new Fault("invalid", `the server is ${url}, expected an http:// or https:// address`);
  return { url: url.replace(/\/+$/, ""), secret };
};

const urlOf = (yaml = "") => /^url:\s*(["']?)(.+?)\1\s*$/m.exec(yaml)?.[2];
