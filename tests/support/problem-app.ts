import { Hono } from "hono";
import * as v from "valibot";
import { type Guarded, guardsOf } from "#shared/http/auth.ts";
import { jsonBodyOf } from "#shared/http/body/json-body.ts";
import { describeOf } from "#shared/http/describe.ts";
import { answerError, type Refusals } from "#shared/http/refusals.ts";
import { hashOf } from "#shared/secret.ts";
import { silentLog } from "./world.ts";

export const secret = "a-secret";

/** JSON problems (RFC 9457). */
export const problems: Refusals = {
  statusOf: {
    invalid: 422,
    unauthenticated: 401,
    forbidden: 403,
    missing: 404,
    conflict: 409,
    unavailable: 503,
  },
  mediaType: "application/problem+json",
  refuse: (status, detail) =>
    Response.json(
      { status, detail },
      { status, headers: { "content-type": "application/problem+json" } },
    ),
};

type AppEnv = { Variables: { bakery: Guarded } };

const { read, write } = guardsOf<AppEnv>(problems, (c) => c.var.bakery);
const describe = describeOf(problems);
const Cake = v.object({ name: v.string() });

/** An app that is not serene's: its refusals are JSON problems. Its secrets are `authorized`, else the one above. */
export const makeProblemApp = (
  fail: () => Promise<string>,
  { readable = false, authorized = async () => [await hashOf(secret)] } = {},
) => {
  const bakery = { authorized, config: { ALLOW_READS: readable }, log: silentLog };
  const app = new Hono<AppEnv>()
    .use(async (c, next) => {
      c.set("bakery", bakery);
      await next();
    })
    .get("/cakes", describe("read", "List cakes", null, 503), read, async (c) =>
      c.text(await fail()),
    )
    .post("/cakes", write, jsonBodyOf(problems)(Cake), (c) => c.text(c.req.valid("json").name));
  app.onError(answerError(problems, silentLog));
  return app;
};
