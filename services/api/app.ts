import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import { answerError } from "#shared/http/refusals.ts";
import { messages } from "#shared/messages/index.ts";
import type { HttpApp } from "#shared/service/define.ts";
import { kilnVersion } from "#shared/version.ts";
import { describeEvents } from "./asyncapi.ts";
import type { Api, ApiEnv } from "./context.ts";
import { serene } from "./http.ts";
import { addRoutes } from "./routes/adds.ts";
import { buildDetailsRoutes } from "./routes/build-details.ts";
import { buildRoutes } from "./routes/builds.ts";
import { keyRoutes } from "./routes/keys.ts";
import { packageRoutes } from "./routes/packages.ts";
import { rebuildRoutes } from "./routes/rebuilds.ts";
import { recipeRoutes } from "./routes/recipes.ts";
import { serverRoutes } from "./routes/server.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { storageRoutes } from "./routes/storage.ts";

const documentation = {
  info: {
    title: "kiln",
    version: kilnVersion,
    description: "A build server for Arch Linux that proves what it ships",
  },
  components: {
    securitySchemes: {
      secret: {
        type: "apiKey",
        in: "header",
        name: "Authorization",
        description: "The plain secret, without a scheme",
      },
    },
  },
} as const;

export const makeApp = (api: Api) => {
  const events = describeEvents(messages);
  const app = new Hono<ApiEnv>()
    .use(async (c, next) => {
      c.set("api", api);
      await next();
    })
    .route("/", serverRoutes)
    .route("/package", packageRoutes)
    .route("/package", buildRoutes)
    .route("/package", rebuildRoutes)
    .route("/packages", recipeRoutes)
    .route("/packages", buildDetailsRoutes)
    .route("/adds", addRoutes)
    .route("/keys", keyRoutes)
    .route("/sessions", sessionRoutes)
    .route("/storage", storageRoutes);
  app.get("/openapi.json", openAPIRouteHandler(app, { documentation, excludeStaticFile: false }));
  app.get("/asyncapi.json", (c) => c.json(events));
  app.onError(answerError(serene, api.log));
  app.notFound(nothing);
  return app;
};

/** The API as it is served: nothing but what is routed exists, and nothing has a HEAD. */
export const serveApi = (api: Api): HttpApp => {
  const app = makeApp(api);
  return {
    fetch: (request, peer) =>
      request.method === "HEAD" ? nothing() : app.fetch(request, { peer }),
  };
};

const nothing = () => new Response(null, { status: 404 });
