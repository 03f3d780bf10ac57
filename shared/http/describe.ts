import { describeRoute, resolver } from "hono-openapi";
import type { GenericSchema } from "valibot";
import type { Refusals } from "./refusals.ts";

const refusals = {
  400: "The request is malformed",
  401: "No secret was sent",
  403: "The secret is not authorized",
  404: "There is no such thing",
  409: "It is being changed by somebody else",
  410: "It was there, and is no longer kept",
  413: "The body is too large",
  422: "The source or its dependencies cannot be used",
  503: "A part of kiln does not answer",
} as const;

type Refusal = keyof typeof refusals;

/** Of the schemas in an OpenAPI 3.1 document: its own dialect is JSON Schema 2020-12. */
export const dialect = { options: { target: "draft-2020-12" } };

const security = [{ secret: [] }];

/** Who may use a route: `write` takes a secret, `read` one unless ALLOW_READS is set. */
type Access = "open" | "read" | "write";

/**
 * Gives an app `describe`, which documents a route: what it does, what it refuses, and what it answers: JSON of a schema,
 * a body of a media type, or nothing (null).
 */
export const describeOf =
  ({ mediaType }: Pick<Refusals, "mediaType">) =>
  (
    access: Access,
    summary: string,
    answer: GenericSchema | string | null,
    ...refused: readonly Refusal[]
  ) =>
    describeRoute({
      summary,
      ...(access !== "open" && { security }),
      responses: {
        200: {
          description: summary,
          ...(answer !== null && { content: contentOf(answer) }),
        },
        ...Object.fromEntries(
          [...inherent[access], ...refused].map((status) => [
            status,
            { description: refusals[status], content: { [mediaType]: {} } },
          ]),
        ),
      },
    });

const contentOf = (answer: GenericSchema | string) =>
  typeof answer === "string"
    ? { [answer]: {} }
    : { "application/json": { schema: resolver(answer, dialect) } };

const inherent = { open: [], read: [401, 403], write: [401, 403] } as const satisfies Record<
  Access,
  readonly Refusal[]
>;
