import { join } from "node:path";
import { Fault } from "#shared/fault.ts";
import { configDirectory, readLogin } from "./login-file.ts";
import type { World } from "./world.ts";

export type Given = { readonly server?: string; readonly secret?: string };

export type Settings = { readonly url: string; readonly secret: string | undefined };

/** Where `kiln start` listens unless told otherwise. */
const nearby = "http://127.0.0.1:8080";

/**
 * The server and the secret: of the command line, of the environment, of `kiln login`, of serene's own files. A secret
 * that a file has for one server is sent to no other.
 */
export const findSettings = async (
  { environment, readFile }: Pick<World, "environment" | "readFile">,
  given: Given,
): Promise<Settings> => {
  const home = environment.HOME ?? "/";
  const data = environment.XDG_DATA_HOME || join(home, ".local", "share");
  const login = await readLogin({ environment, readFile });
  const sereneUrl = urlOf(await readFile(join(configDirectory(environment), "serene.yml")));
  const sereneSecret = await readFile(join(data, "serene", "secret.txt"));
  const named = given.server || environment.KILN_URL;
  const url = serverUrl(named || login?.url || sereneUrl || nearby);
  const isFor = (server: string | undefined) =>
    server === undefined || server.replace(/\/+$/, "") === url;
  const secret =
    given.secret ||
    environment.KILN_SECRET ||
    (login && isFor(login.url) && login.secret) ||
    (isFor(sereneUrl) && sereneSecret?.trim()) ||
    undefined;
  return { url, secret };
};

/** A server's address without a slash at its end. */
export const serverUrl = (text: string) => {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new Fault("invalid", `the server is ${text}, expected an http:// or https:// address`);
  return text.replace(/\/+$/, "");
};

const urlOf = (yaml = "") => /^url:\s*(["']?)(.+?)\1\s*$/m.exec(yaml)?.[2];
