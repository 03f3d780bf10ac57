import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { ServerInfo } from "#shared/views.ts";
import { connectServer, ifMissing } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { loginPath } from "../login-file.ts";
import { findSettings, type Given, serverUrl } from "../settings.ts";
import type { World } from "../world.ts";

/** Asks for a server's secret, and keeps both for this user once the server has taken the secret. */
export const login = async (world: World, server: string | undefined, given: Given) => {
  const url = server === undefined ? await currentUrl(world, given) : serverUrl(server);
  const { value: info } = await connectServer(world, { url, secret: undefined }).get(
    "/",
    ServerInfo,
  );
  const secret = given.secret ?? (await world.readSecret(`the secret of ${url}: `));
  if (secret === "") throw new Fault("invalid", "no secret was given");
  await check(world, url, secret);
  const path = loginPath(world.environment);
  await world.writePrivate(path, `${JSON.stringify({ url, secret })}\n`);
  world.output.write(`logged in at ${url} (${info.name}, ${info.architecture}); kept in ${path}\n`);
  return exitCodes.done;
};

/** Forgets what `login` kept. */
export const logout = async ({ deleteFile, environment, output }: World) => {
  const path = loginPath(environment);
  const wasThere = await deleteFile(path);
  output.write(wasThere ? `deleted ${path}\n` : "nobody is logged in here\n");
  return exitCodes.done;
};

/** A damaged login must not hinder the next one. */
const currentUrl = async (world: World, given: Given) => {
  const path = loginPath(world.environment);
  const readFile = async (file: string) => (file === path ? undefined : world.readFile(file));
  const { url } = await findSettings({ environment: world.environment, readFile }, given);
  return url;
};

/** serene's server has no such route, and a secret is then checked by the first command that needs it. */
const check = async (world: World, url: string, secret: string) => {
  const server = connectServer(world, { url, secret });
  await server.get("/secret", v.undefined()).catch(ifMissing);
};
