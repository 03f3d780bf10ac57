import type { ErrorHandler } from "hono";
import { Fault, type FaultKind } from "#shared/fault.ts";
import type { Log } from "#shared/service/log.ts";

/** How one app answers what it refuses. Each app has its own: the protocol that it speaks decides. */
export type Refusals = {
  readonly statusOf: Readonly<Record<FaultKind, number>>;
  /** Of the bodies that `refuse` makes. */
  readonly mediaType: string;
  refuse(status: number, message: string): Response;
};

/** HTTP's own words for faults; where a protocol says otherwise, its app has its own. */
export const usualStatuses: Refusals["statusOf"] = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  unavailable: 503,
};

/** Answers a fault with its status, and a bug with a 500 that says nothing about the bug. */
export const answerError =
  ({ statusOf, refuse }: Refusals, log: Log): ErrorHandler =>
  (error, c) => {
    if (error instanceof Fault) return refuse(statusOf[error.kind], error.message);
    log.error("request failed", { method: c.req.method, path: c.req.path, error });
    return refuse(500, "internal error");
  };
