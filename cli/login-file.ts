import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { World } from "./world.ts";

/** A server and the secret that it took from this user. */
export type Login = v.InferOutput<typeof Login>;

const Login = v.object({ url: v.string(), secret: v.string() });

/** The XDG base directory specification's. */
export const configDirectory = ({ HOME = "/", XDG_CONFIG_HOME }: World["environment"]) =>
  XDG_CONFIG_HOME || join(HOME, ".config");

export const loginPath = (environment: World["environment"]) =>
  join(configDirectory(environment), "kiln", "login.json");

/** What `kiln login` kept; undefined where there is no such file. */
export const readLogin = async ({
  environment,
  readFile,
}: Pick<World, "environment" | "readFile">): Promise<Login | undefined> => {
  const path = loginPath(environment);
  const text = await readFile(path);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Login), text);
  if (parsed.success) return parsed.output;
  throw new Fault("invalid", `${path} is damaged; "kiln login <url>" writes it anew`);
};
