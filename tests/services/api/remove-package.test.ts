import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { finishRemovals } from "../../../services/api/remove-package.ts";
import { listRows, startApi } from "../../support/api.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";

test("DELETE answers when the repository is without the package, and nothing of it is left", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");

  const response = await api.write("DELETE", "/package/foo");

  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect(api.retired).toEqual(["foo"]);
  expect(api.world.bus.sent(packageRemoved)).toEqual([
    { pkgbase: "foo", at: Date.UTC(2026, 0, 1) },
  ]);
  expect(await listRows(api.world)).toEqual([]);
});

test("a removal that the repository does not answer is hidden at once and finished later", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const { retire } = api.answers;
  api.answers.retire = async () => {
    throw new Fault("unavailable", "nobody answers repo.retire");
  };

  const response = await api.write("DELETE", "/package/foo");

  expect(response.status).toBe(503);
  expect(await (await api.request("/package/list")).json()).toEqual([]);

  api.answers.retire = retire;
  await finishRemovals(api.world);

  expect(api.retired).toEqual(["foo"]);
  expect(api.world.bus.sent(packageRemoved)).toHaveLength(2);
  expect(await listRows(api.world)).toEqual([]);
});

test("DELETE of an unknown package is 404", async () => {
  await using api = await startApi();

  const response = await api.write("DELETE", "/package/nope");

  expect([response.status, await response.text()]).toEqual([
    404,
    "package with base nope is not added",
  ]);
});

test("a removal that was not finished can be asked for again", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const { retire } = api.answers;
  api.answers.retire = async () => {
    throw new Fault("unavailable", "nobody answers repo.retire");
  };
  await api.write("DELETE", "/package/foo");
  api.answers.retire = retire;

  const response = await api.write("DELETE", "/package/foo");

  expect(response.status).toBe(200);
  expect(await listRows(api.world)).toEqual([]);
});

test("a removal that is finished twice leaves alone what was added again in between", async () => {
  await using api = await startApi();
  const { state } = api.world;
  for (const name of ["foo", "bar"]) {
    await insertPackage(state, name);
    await hidePackage(state, name);
  }
  const { retire } = api.answers;
  api.answers.retire = async (pkgbase) => {
    // Somebody else finishes the other removal meanwhile, and adds that package again.
    if (pkgbase === "foo") {
      await deletePackage(state, "bar");
      await insertPackage(state, "bar");
    }
    return retire(pkgbase);
  };

  await finishRemovals(api.world);

  expect(await listRows(api.world)).toMatchObject([{ pkgbase: "bar", removedAt: null }]);
});
