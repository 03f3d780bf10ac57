import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import { problem } from "#shared/http/problems.ts";
import { hashOf } from "#shared/secret.ts";
import { days } from "#shared/time.ts";
import type { Api, ApiEnv } from "./context.ts";
import { claimKey, deleteKeys, type KeyedOrder, keepAnswer } from "./store/order-keys.ts";

/** A body that `jsonBody` has read, where the route has one. */
type Body = { in: { json: object }; out: { json: object } };

/**
 * Answers each order with an `Idempotency-Key` once: the same order with the same key gets the same answer, and another
 * order with that key is refused. An answer of 5xx is not kept: the order that is sent again goes on where it was left,
 * as its verb takes the key as its id. Source: draft-ietf-httpapi-idempotency-key-header.
 */
export const answerOnce: MiddlewareHandler<ApiEnv, string, Body> = async (c, next) => {
  const { now, state } = c.var.api;
  const key = v.safeParse(Key, c.req.header("idempotency-key"));
  // An order without a key is a new one; a key that is none is refused where it becomes an id.
  if (!key.success) return next();
  const body = JSON.stringify(c.req.valid("json") ?? null);
  const request = await hashOf(`${c.req.method} ${c.req.path}\n${body}`);
  const order = await claimKey(state, { key: key.output, request, orderedAt: now() });
  if (order.request !== request)
    return problem(409, "another order has this Idempotency-Key: choose a new one");
  if (order.status !== null) return answerAgain(order);
  await next();
  if (c.res.status >= 500) return;
  const answer = await keepAnswer(state, {
    key: key.output,
    status: c.res.status,
    mediaType: c.res.headers.get("content-type"),
    body: await c.res.clone().text(),
  });
  // Where another process answered at the same time, both give its answer.
  if (answer) c.res = answerAgain(answer);
};

const Key = v.pipe(v.string(), v.uuid());

const answerAgain = ({ status, mediaType, body }: KeyedOrder) =>
  new Response(body === "" ? null : body, {
    status: status ?? 200,
    headers: mediaType === null ? {} : { "content-type": mediaType },
  });

/** How long a key is kept: an add that was ordered with it is forgotten a day after its end. */
const kept = days(2);

export const forgetKeys = async ({ now, state }: Pick<Api, "now" | "state">) => {
  await deleteKeys(state, now() - kept);
};
