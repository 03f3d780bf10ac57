import { Hono } from "hono";
import { clientOf } from "#shared/http/client.ts";
import { eventStream } from "#shared/http/event-stream.ts";
import { BuildInfo, BuildList, Text } from "#shared/views.ts";
import { parseCount } from "../build-name.ts";
import type { ApiEnv } from "../context.ts";
import { findBuild } from "../find-build.ts";
import { describe, read } from "../http.ts";
import { readLog } from "../read-log.ts";
import { listBuilds } from "../store/builds.ts";
import { demandBase, findBase } from "../store/names.ts";
import { demandPackage } from "../store/shown.ts";
import { viewBuild } from "../view-build.ts";
import { describeBuildName, describeCount } from "./describe-names.ts";

const paths = "/:name/build";

export const buildRoutes = new Hono<ApiEnv>()
  .get(
    paths,
    describe("read", "List a package's builds, the newest first", BuildList, 400),
    describeCount,
    read,
    async (c) => {
      const count = parseCount(c.req.query("count"));
      const { state } = c.var.api;
      const name = await findBase(state.read, c.req.param("name"));
      const rows = name === undefined ? [] : await listBuilds(state.read, name, count);
      return c.json(rows.map(viewBuild));
    },
  )
  .get(
    `${paths}/logs/subscribe`,
    describe(
      "read",
      "Follow a package's builds as server-sent events",
      "text/event-stream",
      404,
      503,
    ),
    read,
    async (c) => {
      const { config, live, state } = c.var.api;
      const name = await demandBase(state.read, c.req.param("name"));
      await demandPackage(state.read, name);
      const client = await clientOf(c.req.raw, config, c.env.peer());
      return eventStream(await live.subscribe(name, client), c.req.raw.signal);
    },
  )
  .get(
    `${paths}/:id`,
    describe("read", "Show a build", BuildInfo, 400, 404),
    describeBuildName,
    read,
    async (c) => c.json(viewBuild(await findBuild(c.var.api.state, c.req.param()))),
  )
  .get(
    `${paths}/:id/logs`,
    describe("read", "Show a build's log, of a running build as far as it is", Text, 400, 404, 503),
    describeBuildName,
    read,
    async (c) => {
      const log = await readLog(c.var.api, await findBuild(c.var.api.state, c.req.param()));
      return c.body(log, 200, { "content-type": "application/json" });
    },
  );
