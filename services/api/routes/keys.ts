import { Hono } from "hono";
import { Fault } from "#shared/fault.ts";
import { KeyImport, KeyList } from "#shared/recipe-views.ts";
import type { ApiEnv } from "../context.ts";
import { own } from "../http.ts";
import { importKeys } from "../import-keys.ts";
import { deleteSourceKey, listSourceKeys } from "../store/source-keys.ts";
import { viewKey } from "../view-key.ts";

/** kiln's own: public keys that sources are signed with. */
export const keyRoutes = new Hono<ApiEnv>()
  .onError(own.answerError)
  .get(
    "/",
    own.describe("write", "List the keys that sources are checked with", KeyList),
    own.write,
    async (c) => c.json((await listSourceKeys(c.var.api.state.read)).map(viewKey)),
  )
  .post(
    "/",
    own.describe("write", "Give keys for the sources that name them", KeyList, 400, 409, 413),
    own.write,
    own.jsonBody(KeyImport),
    async (c) => c.json((await importKeys(c.var.api, c.req.valid("json"))).map(viewKey)),
  )
  .delete(
    "/:fingerprint",
    own.describe("write", "Take a key away", null, 404),
    own.write,
    async (c) => {
      const fingerprint = c.req.param("fingerprint").toUpperCase();
      if (!(await deleteSourceKey(c.var.api.state, fingerprint)))
        throw new Fault("missing", `kiln was given no key ${fingerprint}`);
      return c.body(null, 200);
    },
  );
