import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { ServerInfo } from "#shared/views.ts";
import { secret, startApi } from "../../../support/api.ts";
import { insertPackage } from "../../../support/rows.ts";
import { makeScratch } from "../../../support/scratch.ts";

const order = { packages: [], clean: false, resolve: true, force: true };

test("GET / tells what the server is, in serene's words and order", async () => {
  await using api = await startApi();

  const response = await api.request("/");

  expect(response.headers.get("content-type")).toBe("application/json");
  const text = await response.text();
  expect(text).toBe(
    '{"version":"v0.4.3","started":"2026-01-01T00:00:00.000Z","name":"serene","architecture":"x86_64","readable":true,"signed":false}',
  );
  expect(v.is(ServerInfo, JSON.parse(text))).toBe(true);
});

test("GET / is open to everyone, and says that reading is not", async () => {
  await using api = await startApi({ ALLOW_READS: "false" });

  expect(await (await api.request("/")).json()).toMatchObject({ readable: false });
});

test("GET /key gives the key in use, and GET / says that there is one", async () => {
  await using api = await startApi();
  await api.world.state.write((tx) =>
    tx.insert(signingKeys).values({ id: 1, fingerprint: "AB", publicKey: "-----BEGIN" }),
  );

  const key = await api.request("/key");

  expect([key.status, await key.text()]).toEqual([200, "-----BEGIN"]);
  expect(key.headers.get("content-type")).toBe("application/octet-stream");
  expect(await (await api.request("/")).json()).toMatchObject({ signed: true });
});

test("GET /secret tells whether a secret is authorized, also where reading is open", async () => {
  await using api = await startApi({ ALLOW_READS: "true" });

  const right = await api.request("/secret", { headers: { authorization: secret } });
  const wrong = await api.request("/secret", { headers: { authorization: "wrong" } });

  expect([right.status, wrong.status]).toEqual([200, 403]);
});

test("GET /key without a key is missing", async () => {
  await using api = await startApi();

  const response = await api.request("/key");

  expect(response.status).toBe(404);
  expect(await response.text()).toBe("the server has no private key to sign packages");
});

test.each([
  ["GET", "/nope"],
  ["PUT", "/package/list"],
  ["HEAD", "/package/list"],
  ["GET", "/build"],
  ["GET", "/package"],
  ["POST", "/package/list"],
])("%s %s is nothing: 404 with an empty body", async (method, path) => {
  await using api = await startApi();

  const response = await api.request(path, { method });

  expect([response.status, await response.text()]).toEqual([404, ""]);
});

test.each([
  [{}, 401, "no secret provided"],
  [{ authorization: "wrong" }, 403, "invalid secret"],
  [{ authorization: `Bearer ${secret}` }, 403, "invalid secret"],
])("a write with %o is refused before its body is looked at", async (headers, status, text) => {
  await using api = await startApi();

  const response = await api.request("/build", { method: "POST", body: "{", headers });

  expect([response.status, await response.text()]).toEqual([status, text]);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
});

test.each([
  ["/package/list"],
  ["/package/foo"],
  ["/package/foo/pkgbuild"],
  ["/package/foo/build"],
  ["/package/foo/build/latest"],
  ["/package/foo/build/latest/logs"],
  ["/package/foo/build/logs/subscribe"],
  ["/key"],
])("without ALLOW_READS, %s takes a secret", async (path) => {
  await using api = await startApi({ ALLOW_READS: "false" });

  const without = await api.request(path);
  const wrong = await api.request(path, { headers: { authorization: "nope" } });

  expect([without.status, await without.text()]).toEqual([401, "no secret provided"]);
  expect([wrong.status, await wrong.text()]).toEqual([403, "invalid secret"]);
});

test("the secrets file is read anew on each request, and its absence says so", async () => {
  await using api = await startApi({ AUTHORIZED_SECRETS: "", DATA_DIR: "/nonexistent" });

  const response = await api.write("POST", "/build", order);

  expect(response.status).toBe(500);
  expect(await response.text()).toBe("failed to read authorized secrets");
});

test("a secret counts from when it is in the file until it is taken out", async () => {
  await using directory = await makeScratch();
  const file = join(directory.path, "authorized_secrets");
  await writeFile(file, "");
  const settings = { AUTHORIZED_SECRETS: "", DATA_DIR: directory.path };
  await using api = await startApi(settings);
  const statuses: number[] = [];

  for (const text of ["", `${await hashOf(secret)} me\n`, ""]) {
    await writeFile(file, text);
    statuses.push((await api.write("POST", "/build", order)).status);
  }

  expect(statuses).toEqual([403, 200, 403]);
});

test("POST /build with an empty list does nothing, and says so with nothing", async () => {
  await using api = await startApi();

  const response = await api.write("POST", "/build", order);

  expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
    200,
    "",
    null,
  ]);
  expect(api.orders).toEqual([]);
});

const ordered = {
  session: expect.any(String),
  more: false,
  sources: {},
  renumber: [],
  reason: "manual",
  resolve: true,
};

test("POST /build orders each package once", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  await insertPackage(api.world.state, "Bar");

  const response = await api.write("POST", "/build", { ...order, packages: ["foo", "Bar", "foo"] });

  expect(response.status).toBe(200);
  expect(api.orders).toEqual([{ ...ordered, packages: ["foo", "Bar"], all: false, force: true }]);
});

test.each(["nopkg", "../etc", "-rf"])("POST /build of %s builds nothing", async (name) => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");

  const response = await api.write("POST", "/build", { ...order, packages: ["foo", name] });

  expect([response.status, await response.text()]).toEqual([
    404,
    `package with base ${name} is not added`,
  ]);
  expect(api.orders).toEqual([]);
});

test("POST /build/all orders what takes part in schedules", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");

  const response = await api.write("POST", "/build/all", { ...order, force: false });

  expect(response.status).toBe(200);
  expect(api.orders).toEqual([{ ...ordered, packages: [], all: true, force: false }]);
});

test("a part of kiln that does not answer is 503, and named", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const { Fault } = await import("#shared/fault.ts");
  api.answers.order = async () => {
    throw new Fault("unavailable", "nobody answers build.order");
  };

  const response = await api.write("POST", "/build", { ...order, packages: ["foo"] });

  expect([response.status, await response.text()]).toEqual([503, "nobody answers build.order"]);
});

test("GET /openapi.json documents every route with its schemas", async () => {
  await using api = await startApi();

  const document = await (await api.request("/openapi.json")).json();

  expect(Object.keys(document.paths)).toEqual([
    "/",
    "/build",
    "/build/all",
    "/secret",
    "/key",
    "/package/list",
    "/package/add",
    "/package/{name}",
    "/package/{name}/pkgbuild",
    "/package/{name}/build",
    "/package/{name}/build/logs/subscribe",
    "/package/{name}/build/{id}",
    "/package/{name}/build/{id}/logs",
    "/package/{name}/rebuild",
    "/package/{name}/rebuild/{id}",
    "/package/{name}/rebuild/{id}/logs",
    "/packages/{name}/recipe",
    "/packages/{name}/sources",
    "/packages/{name}/sources/{id}",
    "/packages/{name}/build",
    "/packages/{name}/builds",
    "/packages/{name}/builds/{id}",
    "/adds/{id}",
    "/keys",
    "/keys/{fingerprint}",
    "/sessions/{id}",
    "/storage",
    "/storage/sweep",
  ]);
  const body = document.paths["/build"].post.requestBody.content["application/json"].schema;
  expect(body.required).toEqual(["packages", "clean", "resolve", "force"]);
});
