import type { ErrorHandler } from "hono";
import { Fault, type FaultKind } from "#shared/fault.ts";
import type { ApiEnv } from "./context.ts";

const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  unavailable: 503,
} as const satisfies Record<FaultKind, number>;

/** serene's way to refuse: the message is the whole body. */
export const refusal = (status: number, message: string) =>
  new Response(message, { status, headers: { "content-type": "text/plain; charset=utf-8" } });

/** Turns a fault into its status, and a bug into a 500 that says nothing about it. */
export const onError: ErrorHandler<ApiEnv> = (error, c) => {
  if (error instanceof Fault) return refusal(statusOf[error.kind], error.message);
  c.var.api.log.error("request failed", { method: c.req.method, path: c.req.path, error });
  return refusal(500, "internal error");
};
