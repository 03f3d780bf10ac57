import { expect, test } from "vitest";
import { secret, startApi } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";

const terms = { clean: false, resolve: true, force: true };

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
      body: JSON.stringify({ ...terms, packages: ["foo"] }),
    };

    await api.request(path, init);
    await api.request(path, init);

    expect(api.orders.map((it) => it.session)).toEqual([session]);
  },
);
