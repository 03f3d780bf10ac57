import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { packageRetired } from "#shared/messages/repo.ts";
import { hidden } from "../../../services/api/remove-package.ts";
import { listRows, startApi } from "../../support/api.ts";
import { hidePackage, insertPackage } from "../../support/rows.ts";

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

test("a removal that the repository does not answer is hidden at once, and ends when the repository is without the package", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  api.answers.retire = async () => {
    throw new Fault("unavailable", "nobody answers repo.retire");
  };

  const response = await api.write("DELETE", "/package/foo");
  const shown = await (await api.request("/package/list")).json();
  const [removed] = api.world.bus.sent(packageRemoved);
  await api.world.publish(packageRetired, { pkgbase: "foo", removedAt: removed?.at ?? 0, at: 9 });

  expect(response.status).toBe(503);
  expect(shown).toEqual([]);
  expect(await listRows(api.world)).toEqual([]);
});

test("a removal whose message may be lost is announced again, as it was", async () => {
  await using api = await startApi();
  const { state } = api.world;
  await insertPackage(state, "foo");
  const pkgbase = await hidePackage(state, "foo", 7);

  for (const id of await hidden.find(api.context)) await hidden.step(api.context, id);
  await api.world.settled();

  expect(api.world.bus.sent(packageRemoved)).toEqual([{ pkgbase, at: 7 }]);
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

test("the announcement of an earlier removal leaves alone a package that was added again", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");

  await api.world.publish(packageRetired, { pkgbase: "foo", removedAt: 1, at: 2 });

  expect(await listRows(api.world)).toMatchObject([{ pkgbase: "foo", removedAt: null }]);
});
