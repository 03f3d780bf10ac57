import { Hono } from "hono";
import { Fault } from "#shared/fault.ts";
import { SessionId } from "#shared/model.ts";
import { findPublicKey } from "#shared/state/signatures.ts";
import { PackageBuildRequest, ServerInfo } from "#shared/views.ts";
import { answerOnce } from "../answer-once.ts";
import type { ApiEnv } from "../context.ts";
import { describe, jsonBody, read, write } from "../http.ts";
import { orderAll, orderNamed } from "../order-builds.ts";
import { describeOrderKey, orderIdOf } from "../order-key.ts";
import { timeOf } from "../view-build.ts";

/** serene's release whose API this is: its client compares. */
const version = "v0.4.3";

export const serverRoutes = new Hono<ApiEnv>()
  .get("/", describe("open", "Show what this server is", ServerInfo), async (c) => {
    const { state, config, startedAt } = c.var.api;
    const info: ServerInfo = {
      version,
      started: timeOf(startedAt),
      name: config.NAME,
      architecture: config.ARCH,
      readable: config.ALLOW_READS,
      signed: (await findPublicKey(state.read)) !== undefined,
    };
    return c.json(info);
  })
  .post(
    "/build",
    describe("write", "Build packages", null, 400, 404, 413, 503),
    describeOrderKey("the id of a session, which /sessions/{id} shows"),
    write,
    jsonBody(PackageBuildRequest),
    answerOnce,
    async (c) => {
      const { packages, resolve, force } = c.req.valid("json");
      const session = orderIdOf(SessionId, c.req, c.var.api.newId);
      await orderNamed(c.var.api, packages, { session, resolve, force });
      return c.body(null, 200);
    },
  )
  .post(
    "/build/all",
    describe("write", "Build every package that takes part in schedules", null, 400, 413, 503),
    describeOrderKey("the id of a session, which /sessions/{id} shows"),
    write,
    jsonBody(PackageBuildRequest),
    answerOnce,
    async (c) => {
      const { resolve, force } = c.req.valid("json");
      const session = orderIdOf(SessionId, c.req, c.var.api.newId);
      await orderAll(c.var.api, { session, resolve, force });
      return c.body(null, 200);
    },
  )
  .get("/secret", describe("write", "Check that a secret is authorized", null), write, (c) =>
    c.body(null, 200),
  )
  .get(
    "/key",
    describe("read", "Show the public signing key, armoured", "application/octet-stream", 404),
    read,
    async (c) => {
      const key = await findPublicKey(c.var.api.state.read);
      if (key === undefined)
        throw new Fault("missing", "the server has no private key to sign packages");
      return c.body(key, 200, { "content-type": "application/octet-stream" });
    },
  );
