import { Hono } from "hono";
import { AddId } from "#shared/model.ts";
import { AddedPackages, PackageAddRequest, PackageInfo, PackageList, Text } from "#shared/views.ts";
import { addPackage } from "../add-package.ts";
import { answerOnce } from "../answer-once.ts";
import type { ApiEnv } from "../context.ts";
import { describe, jsonBody, read, write } from "../http.ts";
import { listPackages } from "../list-packages.ts";
import { describeOrderKey, orderIdOf } from "../order-key.ts";
import { refuseAdd } from "../refuse-add.ts";
import { removePackage } from "../remove-package.ts";
import { demandBase } from "../store/names.ts";
import { demandPackage, demandPkgbuild, findPackages } from "../store/shown.ts";
import { viewPackage } from "../view-package.ts";

export const packageRoutes = new Hono<ApiEnv>()
  .get("/list", describe("read", "List all packages", PackageList), read, async (c) => {
    const { answers, state } = c.var.api;
    const list = await answers("packages", () => listPackages(state.read));
    return c.body(list, 200, { "content-type": "application/json" });
  })
  .post(
    "/add",
    describe(
      "write",
      "Add a package and what it needs of the AUR",
      AddedPackages,
      400,
      404,
      409,
      413,
      422,
      503,
    ),
    describeOrderKey("the id of the add, which /adds/{id} shows"),
    write,
    jsonBody(PackageAddRequest),
    answerOnce,
    async (c) => {
      const { api } = c.var;
      const id = orderIdOf(AddId, c.req, api.newId);
      const added = await addPackage(api, c.req.valid("json"), id);
      if (added.kind !== "added") return refuseAdd(added);
      const rows = await findPackages(api.state.read, added.names);
      return c.json(rows.map((row) => viewPackage(row, api.config)));
    },
  )
  .get("/:name", describe("read", "Show a package", PackageInfo, 404), read, async (c) => {
    const { answers, config, state } = c.var.api;
    const name = await demandBase(state.read, c.req.param("name"));
    const info = await answers(`package ${name}`, async () =>
      viewPackage(await demandPackage(state.read, name), config),
    );
    return c.body(info, 200, { "content-type": "application/json" });
  })
  .delete(
    "/:name",
    describe("write", "Remove a package, its builds and its published files", null, 404, 503),
    write,
    async (c) => {
      const { api } = c.var;
      await removePackage(api, await demandBase(api.state.read, c.req.param("name")));
      return c.body(null, 200);
    },
  )
  .get(
    "/:name/pkgbuild",
    describe("read", "Show the PKGBUILD of what is published", Text, 404),
    read,
    async (c) => {
      const { read } = c.var.api.state;
      return c.json(await demandPkgbuild(read, await demandBase(read, c.req.param("name"))));
    },
  );
