import { expect, test, vi } from "vitest";
import { startAur } from "../support/aur.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";

const srcinfo = "pkgbase = once\n\tpkgver = 1\n\tpkgrel = 1\n\tarch = any\n\npkgname = once\n";

const orderOf = (key: string, body: object) => ({
  method: "POST",
  headers: { authorization: secret, "content-type": "application/json", "idempotency-key": key },
  body: JSON.stringify(body),
});

test("an add whose kiln is killed is answered when it is sent again, is carried out once, and another add is refused", async () => {
  await using aur = await startAur();
  await aur.add({ pkgbase: "once", pkgbuild: pkgbuildOf("once"), srcinfo });
  await using data = await makeDataDirectory();
  const key = crypto.randomUUID();
  const source = { type: "aur", name: "once" };
  const order = orderOf(key, { replace: false, source });
  const environment = { AUR_URL: aur.url };
  const first = await startKiln(data.path, environment);
  const unanswered = first.request("/package/add", order).catch(() => undefined);
  await vi.waitFor(async () => expect((await first.request(`/adds/${key}`)).status).toBe(200));
  await first.kill();
  await unanswered;
  await using second = await startKiln(data.path, environment);

  const answered = await second.request("/package/add", order);
  const again = await second.request("/package/add", order);
  const other = await second.request("/package/add", orderOf(key, { replace: true, source }));

  const text = await answered.text();
  expect([answered.status, await again.text(), other.status]).toEqual([200, text, 409]);
  expect((await second.buildsOf("once")).map(({ reason }) => reason)).toEqual(["initial"]);
});
