import { Hono } from "hono";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { AddId } from "#shared/model.ts";
import { AddInfo } from "#shared/recipe-views.ts";
import type { ApiEnv } from "../context.ts";
import { own } from "../http.ts";
import { findAdd, findProgress } from "../store/adds.ts";
import { viewAdd } from "../view-add.ts";

/** kiln's own: serene's adds have no names. */
export const addRoutes = new Hono<ApiEnv>()
  .onError(own.answerError)
  .get(
    "/:id",
    own.describe("read", "Show how far an add is, or what became of it", AddInfo, 404),
    own.read,
    async (c) => {
      const { read } = c.var.api.state;
      const id = v.safeParse(AddId, c.req.param("id"));
      const order = id.success ? await findAdd(read, id.output) : undefined;
      if (!order) throw new Fault("missing", "no add has this id");
      return c.json(viewAdd(order, await findProgress(read, order.id)));
    },
  );
