import { Hono } from "hono";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { orderRebuild } from "#shared/messages/rebuild.ts";
import { RebuildId } from "#shared/model.ts";
import type { State } from "#shared/state/state.ts";
import { RebuildInfo, RebuildList, Text } from "#shared/views.ts";
import { answerOnce } from "../answer-once.ts";
import { parseCount } from "../build-name.ts";
import type { ApiEnv } from "../context.ts";
import { describe, read, write } from "../http.ts";
import { describeOrderKey, orderIdOf } from "../order-key.ts";
import { unpackLog } from "../read-log.ts";
import { demandBase, findBase } from "../store/names.ts";
import { demandRebuild, listRebuilds, noRebuild } from "../store/rebuilds.ts";
import { demandPackage } from "../store/shown.ts";
import { viewRebuild } from "../view-rebuild.ts";
import { describeCount } from "./describe-names.ts";

const paths = "/:name/rebuild";

const rebuildOf = async (
  { read }: State,
  { name, id }: { readonly name: string; readonly id: string },
) => {
  const rebuild = v.safeParse(RebuildId, id);
  const pkgbase = await findBase(read, name);
  if (!rebuild.success || pkgbase === undefined) throw noRebuild();
  return demandRebuild(read, pkgbase, rebuild.output);
};

/** kiln's own: serene knows no rebuilds. */
export const rebuildRoutes = new Hono<ApiEnv>()
  .post(
    paths,
    describe(
      "write",
      "Rebuild what is published of a package, and compare",
      RebuildInfo,
      400,
      404,
      503,
    ),
    describeOrderKey("the id of the rebuild, unless one of the same build is waiting already"),
    write,
    answerOnce,
    async (c) => {
      const { ask, newId, state } = c.var.api;
      const pkgbase = await demandBase(state.read, c.req.param("name"));
      const id = orderIdOf(RebuildId, c.req, newId);
      const { rebuild } = await ask(orderRebuild, { pkgbase, rebuild: id });
      return c.json(viewRebuild(await demandRebuild(state.read, pkgbase, rebuild)));
    },
  )
  .get(
    paths,
    describe("read", "List a package's rebuilds, the newest first", RebuildList, 400, 404),
    describeCount,
    read,
    async (c) => {
      const count = parseCount(c.req.query("count"));
      const { state } = c.var.api;
      const name = await demandBase(state.read, c.req.param("name"));
      await demandPackage(state.read, name);
      return c.json((await listRebuilds(state.read, name, count)).map(viewRebuild));
    },
  )
  .get(`${paths}/:id`, describe("read", "Show a rebuild", RebuildInfo, 404), read, async (c) =>
    c.json(viewRebuild(await rebuildOf(c.var.api.state, c.req.param()))),
  )
  .get(
    `${paths}/:id/logs`,
    describe("read", "Show a rebuild's log, once it has ended", Text, 404, 503),
    read,
    async (c) => {
      const { blobs, state } = c.var.api;
      const { rebuild } = await rebuildOf(state, c.req.param());
      if (rebuild.logSha256 === null) throw new Fault("missing", "rebuild does not have any logs");
      const log = await unpackLog(blobs, rebuild.logSha256);
      return c.body(log, 200, { "content-type": "application/json" });
    },
  );
