import { expect, test } from "vitest";
import { secret, startApi } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";

test.each(["/build", "/build/all"])(
  "POST %s twice with one Idempotency-Key is one order",
  async (path) => {
    await using api = await startApi();
    await insertPackage(api.world.state, "foo");
    const session = crypto.randomUUID();
    const init = {
      method: "POST",
      headers: {
        authorization: secret,
        "content-type": "application/json",
        "idempotency-key": session,
      },
      body: JSON.stringify({ clean: false, resolve: true, force: true, packages: ["foo"] }),
    };

    await api.request(path, init);
    await api.request(path, init);

    expect(api.orders.map((it) => it.session)).toEqual([session, session]);
  },
);

test("an Idempotency-Key that is no UUID is refused", async () => {
  await using api = await startApi();

  const response = await api.request("/build", {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/json", "idempotency-key": "1" },
    body: JSON.stringify({ clean: false, resolve: true, force: true, packages: [] }),
  });

  expect([response.status, await response.text()]).toEqual([
    400,
    'Idempotency-Key is "1", expected a UUID',
  ]);
});
