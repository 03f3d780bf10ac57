import type { ErrorHandler } from "hono";
import { guardsOf } from "#shared/http/auth.ts";
import { jsonBodyOf } from "#shared/http/body/json-body.ts";
import { describeOf } from "#shared/http/describe.ts";
import { problems } from "#shared/http/problems.ts";
import { answerError, type Refusals, usualStatuses } from "#shared/http/refusals.ts";
import type { ApiEnv } from "./context.ts";

/** serene's way to refuse: the message is the whole body. */
export const serene: Refusals = {
  statusOf: usualStatuses,
  mediaType: "text/plain",
  refuse: (status, message) =>
    new Response(message, { status, headers: { "content-type": "text/plain; charset=utf-8" } }),
};

export const { read, write } = guardsOf<ApiEnv>(serene, (c) => c.var.api);

export const jsonBody = jsonBodyOf(serene);

export const describe = describeOf(serene);

/** For the routes that are kiln's own: they refuse with JSON. */
export const own = {
  ...guardsOf<ApiEnv>(problems, (c) => c.var.api),
  jsonBody: jsonBodyOf(problems),
  describe: describeOf(problems),
  answerError: ((error, c) =>
    answerError(problems, c.var.api.log)(error, c)) as ErrorHandler<ApiEnv>,
};
