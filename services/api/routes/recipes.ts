import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { problem } from "#shared/http/problems.ts";
import { SessionId } from "#shared/model.ts";
import { BuildOrder, Ordered, RecipeInfo, SourceList } from "#shared/recipe-views.ts";
import { answerOnce } from "../answer-once.ts";
import type { ApiEnv } from "../context.ts";
import { own } from "../http.ts";
import { orderOne } from "../order-builds.ts";
import { describeOrderKey, orderIdOf } from "../order-key.ts";
import { openSnapshot } from "../recipe/read-snapshot.ts";
import { showRecipe } from "../recipe/show-recipe.ts";
import { parseSourceName } from "../recipe/source-name.ts";
import { demandBase } from "../store/names.ts";
import { demandPackage } from "../store/shown.ts";
import { demandSource, listSources, NoSource, readLooked } from "../store/sources.ts";
import { timeOf } from "../view-build.ts";
import { viewSource } from "../view-source.ts";

const naming = "`published`, `next`, the id of a source or a build, or a build's index or time";

const describeNames = describeRoute({
  parameters: [
    { name: "of", in: "query", schema: { type: "string", default: "next" }, description: naming },
    {
      name: "against",
      in: "query",
      schema: { type: "string" },
      description: `${naming}. Absent: the files of \`of\` themselves`,
    },
  ],
});

/** kiln's own: what packages are built from. */
export const recipeRoutes = new Hono<ApiEnv>()
  .onError((error, c) =>
    error instanceof NoSource
      ? problem(error.isGone ? 410 : 404, error.message, { sources: error.ids })
      : own.answerError(error, c),
  )
  .get(
    "/:name/recipe",
    own.describe(
      "read",
      "Show a recipe, or what one changes of another",
      RecipeInfo,
      404,
      410,
      503,
    ),
    describeNames,
    own.read,
    async (c) => {
      const { api } = c.var;
      const name = await demandBase(api.state.read, c.req.param("name"));
      await demandPackage(api.state.read, name);
      const against = c.req.query("against");
      const recipe = await showRecipe(api, name, {
        of: parseSourceName(c.req.query("of") ?? "next"),
        against: against === undefined ? undefined : parseSourceName(against),
      });
      return c.json(recipe);
    },
  )
  .get(
    "/:name/sources",
    own.describe("read", "List the states of a package's source that are kept", SourceList, 404),
    own.read,
    async (c) => {
      const { read } = c.var.api.state;
      const name = await demandBase(read, c.req.param("name"));
      await demandPackage(read, name);
      const { check, published } = await readLooked(read, name);
      const rows = await listSources(read, name);
      const list: SourceList = {
        checked: check ? timeOf(check.checkedAt) : null,
        problem: check?.problem ?? null,
        sources: rows.map((row) => viewSource(row, { published, next: check?.source })),
      };
      return c.json(list);
    },
  )
  .get(
    "/:name/sources/:id",
    own.describe("read", "Show a source's files", "application/x-tar", 404, 410, 503),
    own.read,
    async (c) => {
      const { blobs, state } = c.var.api;
      const name = await demandBase(state.read, c.req.param("name"));
      await demandPackage(state.read, name);
      const source = await demandSource(state.read, name, parseSourceName(c.req.param("id")));
      const tar = await openSnapshot(blobs, source.snapshotSha256);
      return c.body(tar, 200, { "content-type": "application/x-tar" });
    },
  )
  .post(
    "/:name/build",
    own.describe(
      "write",
      "Build a package, from a state of its source",
      Ordered,
      400,
      404,
      410,
      413,
      503,
    ),
    describeOrderKey("the id of a session, which /sessions/{id} shows"),
    own.write,
    own.jsonBody(BuildOrder),
    answerOnce,
    async (c) => {
      const { api } = c.var;
      const { source, resolve, force } = c.req.valid("json");
      const name = await demandBase(api.state.read, c.req.param("name"));
      await demandPackage(api.state.read, name);
      const session = orderIdOf(SessionId, c.req, api.newId);
      await orderOne(api, name, { session, source, resolve, force });
      return c.json({ session });
    },
  );
