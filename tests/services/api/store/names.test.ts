import { expect, test } from "vitest";
import { findBase } from "../../../../services/api/store/names.ts";
import { insertBuildOf, insertPublished, secret, startApi } from "../../../support/api.ts";
import { hidePackage, insertPackage, insertServed } from "../../../support/rows.ts";

/** A pkgbase `suite` that builds `suite-a` and `suite-b`; neither has the name of the pkgbase. */
const setup = async () => {
  const api = await startApi();
  const lines = ["", "pkgname = suite-a", "", "pkgname = suite-b", "pkgdesc = not other"];
  const { pkgbase, source } = await insertPackage(api.world.state, "suite", { lines });
  await insertPublished(api.world, pkgbase);
  const build = await insertBuildOf(api.world, pkgbase, { source, state: "success" });
  return { api, build };
};

test.each([
  "/package/NAME",
  "/package/NAME/build",
  "/package/NAME/build/latest",
  "/package/NAME/pkgbuild",
  "/package/NAME/rebuild",
  "/packages/NAME/sources",
])("GET %s answers by the name of a package as by that of its pkgbase", async (path) => {
  const { api } = await setup();
  await using _ = api;

  const byBase = await api.request(path.replace("NAME", "suite"));
  const byMember = await api.request(path.replace("NAME", "suite-b"));

  expect([byMember.status, await byMember.text()]).toEqual([200, await byBase.text()]);
});

test("builds are ordered by the names of packages, each pkgbase once", async () => {
  const { api } = await setup();
  await using _ = api;
  const terms = { clean: false, resolve: true, force: true };

  await api.write("POST", "/build", { packages: ["suite-a", "suite", "suite-b"], ...terms });
  await api.write("POST", "/packages/suite-b/build", terms);

  expect(api.orders.map(({ packages }) => packages)).toEqual([["suite"], ["suite"]]);
});

test("a package is removed by the name of one that it builds", async () => {
  const { api } = await setup();
  await using _ = api;

  const response = await api.write("DELETE", "/package/suite-b");

  expect(response.status).toBe(200);
  expect(api.retired).toEqual(["suite"]);
});

test("a package that is published but no longer in the source is found", async () => {
  const { api } = await setup();
  await using _ = api;
  await insertPackage(api.world.state, "moved");
  await insertServed(api.world.state, "moved");

  expect(await findBase(api.world.state.read, "moved")).toBe("moved");
});

test.each(["other", "suite-", "pkgver", ""])("%j is no package of the suite", async (name) => {
  const { api } = await setup();
  await using _ = api;

  expect(await findBase(api.world.state.read, name)).toBeUndefined();
});

test("a package of what is being removed is not found, the pkgbase is", async () => {
  const { api } = await setup();
  await using _ = api;
  await hidePackage(api.world.state, "suite");

  const { read } = api.world.state;
  expect([await findBase(read, "suite"), await findBase(read, "suite-b")]).toEqual([
    "suite",
    undefined,
  ]);
});

test.each([
  ["sui", "suite"],
  ["Suite-git", "suite"],
])("a refusal of %s names what is added under similar names", async (name, similar) => {
  const { api } = await setup();
  await using _ = api;
  await insertPackage(api.world.state, "other");

  const shown = await api.request(`/package/${name}`);
  const ordered = await api.request("/build", {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/json" },
    body: JSON.stringify({ packages: [name], clean: false, resolve: true, force: true }),
  });

  const message = `package with base ${name} is not added; added are ${similar}`;
  expect([await shown.text(), await ordered.text()]).toEqual([message, message]);
});
