import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { BuildDetails, BuildPage } from "#shared/build-views.ts";
import type { ApiEnv } from "../context.ts";
import { findBuild } from "../find-build.ts";
import { own } from "../http.ts";
import { listBuildPage } from "../list-builds.ts";
import { demandDetails } from "../store/build-details.ts";
import { viewBuildDetails } from "../view-build-details.ts";
import { describeBuildName } from "./describe-names.ts";

const describeBefore = describeRoute({
  parameters: [
    {
      name: "before",
      in: "query",
      schema: { type: "string", format: "date-time" },
      description: "Builds that were ordered before this time; absent: the newest",
    },
  ],
});

/** kiln's own: how builds went, and why. */
export const buildDetailsRoutes = new Hono<ApiEnv>()
  .onError(own.answerError)
  .get(
    "/:name/builds",
    own.describe("read", "List a package's builds with how they went", BuildPage, 400, 404),
    describeBefore,
    own.read,
    async (c) => {
      const { state } = c.var.api;
      return c.json(await listBuildPage(state, c.req.param("name"), c.req.query("before")));
    },
  )
  .get(
    "/:name/builds/:id",
    own.describe("read", "Show how a build went, and why", BuildDetails, 400, 404),
    describeBuildName,
    own.read,
    async (c) => {
      const { state } = c.var.api;
      const { id } = await findBuild(state, c.req.param());
      return c.json(viewBuildDetails(await demandDetails(state.read, id)));
    },
  );
