import type { MiddlewareHandler } from "hono";
import { Fault } from "#shared/fault.ts";
import { hashOf } from "#shared/secret.ts";
import type { Api, ApiEnv } from "./context.ts";
import { refusal } from "./problem.ts";
import { isAuthorized } from "./secrets.ts";

/** Lets in who brings a secret. */
export const write: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const secret = c.req.header("authorization");
  if (secret === undefined) throw new Fault("unauthenticated", "no secret provided");
  const authorized = await readAuthorized(c.var.api);
  if (!authorized) return refusal(500, "failed to read authorized secrets");
  if (!isAuthorized(await hashOf(secret), authorized))
    throw new Fault("forbidden", "invalid secret");
  return next();
};

/** Lets everyone in where ALLOW_READS is set. */
export const read: MiddlewareHandler<ApiEnv> = (c, next) =>
  c.var.api.config.ALLOW_READS ? next() : write(c, next);

const readAuthorized = async ({ authorized, log }: Api) => {
  try {
    return await authorized();
  } catch (error) {
    log.error("authorized_secrets cannot be read", { error });
    return undefined;
  }
};
