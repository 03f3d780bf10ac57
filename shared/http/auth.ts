import type { Context, Env, MiddlewareHandler } from "hono";
import { Fault } from "#shared/fault.ts";
import { hashOf } from "#shared/secret.ts";
import type { Log } from "#shared/service/log.ts";
import type { Authorized } from "./authorized.ts";
import type { Refusals } from "./refusals.ts";
import { isAuthorized } from "./secrets.ts";

/** What guards need of a service's context. */
export type Guarded = {
  readonly authorized: Authorized;
  readonly config: { readonly ALLOW_READS: boolean };
  readonly log: Log;
};

/** Middleware that lets clients in: `write` those with an authorized secret, `read` everyone where ALLOW_READS is set. */
export const guardsOf = <E extends Env>(
  refusals: Refusals,
  contextOf: (c: Context<E>) => Guarded,
) => {
  const write: MiddlewareHandler<E> = async (c, next) => {
    const secret = c.req.header("authorization");
    if (secret === undefined) throw new Fault("unauthenticated", "no secret provided");
    const authorized = await readAuthorized(contextOf(c));
    if (!authorized) return refusals.refuse(500, "failed to read authorized secrets");
    if (!isAuthorized(await hashOf(secret), authorized))
      throw new Fault("forbidden", "invalid secret");
    return next();
  };
  const read: MiddlewareHandler<E> = (c, next) =>
    contextOf(c).config.ALLOW_READS ? next() : write(c, next);
  return { read, write };
};

const readAuthorized = async ({ authorized, log }: Guarded) => {
  try {
    return await authorized();
  } catch (error) {
    log.error("authorized_secrets cannot be read", { error });
    return undefined;
  }
};
