import { expect, test } from "vitest";
import { secret, startApi } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";

const terms = { clean: false, resolve: true, force: true, packages: [] };

test.each([
  ["/build", "1"],
  ["/build/all", ""],
  ["/package/foo/rebuild", "not-a-uuid"],
])("POST %s with the Idempotency-Key %j is refused, as that is no UUID", async (path, key) => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");

  const response = await api.request(path, {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(terms),
  });

  expect([response.status, await response.text()]).toEqual([
    400,
    `Idempotency-Key is ${JSON.stringify(key)}, expected a UUID`,
  ]);
});

test("/openapi.json documents the key of each route that orders", async () => {
  await using api = await startApi();

  const { paths } = await (await api.request("/openapi.json")).json();

  const documented = ["/build", "/build/all", "/package/{name}/rebuild"].map((path) => {
    const { summary, parameters, responses } = paths[path].post;
    const key = parameters.find((it: { name: string }) => it.name === "Idempotency-Key");
    return [typeof summary, key?.in, key?.required, key?.schema, Object.keys(responses)];
  });
  const uuid = { type: "string", format: "uuid" };
  const one = ["string", "header", false, uuid];
  expect(documented).toEqual([
    [...one, ["200", "400", "401", "403", "404", "409", "413", "503"]],
    [...one, ["200", "400", "401", "403", "409", "413", "503"]],
    [...one, ["200", "400", "401", "403", "404", "409", "503"]],
  ]);
});
