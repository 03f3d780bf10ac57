import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { AddId, RebuildId, SessionId, SweepId } from "#shared/model.ts";

const header = "Idempotency-Key";

/** Documents that a route's order has the id that its caller chose. */
export const describeOrderKey = (becomes: string) =>
  describeRoute({
    parameters: [
      {
        name: header,
        in: "header",
        required: false,
        schema: { type: "string", format: "uuid" },
        description: `A new UUID, which becomes ${becomes}. The same order sent again with the same key within 24 hours is carried out at most once, and gets the same answer, so an order without an answer can be repeated. Absent: every request is a new order`,
      },
    ],
    responses: {
      409: {
        description: "Another order has this Idempotency-Key, or what is ordered is being changed",
        content: { "application/problem+json": {}, "text/plain": {} },
      },
    },
  });

/**
 * The id of an order: the caller's `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), else a new one.
 * `Fault` invalid for a key that is no UUID.
 */
export const orderIdOf = <
  S extends typeof AddId | typeof SessionId | typeof RebuildId | typeof SweepId,
>(
  schema: S,
  request: { header(name: string): string | undefined },
  newId: () => string,
): v.InferOutput<S> => {
  const key = request.header(header);
  const parsed = v.safeParse(schema, key ?? newId());
  if (!parsed.success)
    throw new Fault("invalid", `${header} is ${JSON.stringify(key)}, expected a UUID`);
  return parsed.output;
};
