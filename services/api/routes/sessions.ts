import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { SessionId } from "#shared/model.ts";
import { SessionInfo } from "#shared/views.ts";
import type { ApiEnv } from "../context.ts";
import { own } from "../http.ts";
import { demandSession, noSession } from "../store/sessions.ts";
import { viewSession } from "../view-session.ts";

/** kiln's own: serene's orders have no names. */
export const sessionRoutes = new Hono<ApiEnv>().onError(own.answerError).get(
  "/:id",
  own.describe("read", "Show what became of an order of builds", SessionInfo, 404),
  describeRoute({
    parameters: [
      {
        name: "after",
        in: "query",
        required: false,
        schema: { type: "string" },
        description: "`next` of the page before. Absent: the first page",
      },
    ],
  }),
  own.read,
  async (c) => {
    const id = v.safeParse(SessionId, c.req.param("id"));
    if (!id.success) throw noSession();
    const { read } = c.var.api.state;
    return c.json(viewSession(await demandSession(read, id.output, c.req.query("after"))));
  },
);
