import { Hono } from "hono";
import { orderSweep } from "#shared/messages/storage.ts";
import { SweepId } from "#shared/model.ts";
import { StorageInfo, SweepInfo, SweepRequest } from "#shared/views.ts";
import { answerOnce } from "../answer-once.ts";
import type { ApiEnv } from "../context.ts";
import { describe, jsonBody, read, write } from "../http.ts";
import { describeOrderKey, orderIdOf } from "../order-key.ts";
import { demandSweep, listSweeps } from "../store/sweeps.ts";
import { viewStorage, viewSweep } from "../view-storage.ts";

/** kiln's own: what the blob store holds, and its sweeps. */
export const storageRoutes = new Hono<ApiEnv>()
  .get(
    "/",
    describe("read", "Show what the blob store holds, as the last sweep found it", StorageInfo),
    read,
    async (c) => c.json(viewStorage(await listSweeps(c.var.api.state.read))),
  )
  .post(
    "/sweep",
    describe("write", "Delete the blobs that nothing names", SweepInfo, 400, 413, 503),
    describeOrderKey("the id of the sweep"),
    write,
    jsonBody(SweepRequest),
    answerOnce,
    async (c) => {
      const { ask, newId, state } = c.var.api;
      const id = orderIdOf(SweepId, c.req, newId);
      const { sweep } = await ask(orderSweep, { sweep: id, dryRun: c.req.valid("json").dry_run });
      return c.json(viewSweep(await demandSweep(state.read, sweep)));
    },
  );
