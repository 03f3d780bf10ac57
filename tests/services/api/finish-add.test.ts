import * as v from "valibot";
import { expect, test } from "vitest";
import { addRequested } from "#shared/messages/resolve.ts";
import { AddId } from "#shared/model.ts";
import { addOrders, adds } from "#shared/state/adds.ts";
import { finishAdd, unfinishedAdds } from "../../../services/api/finish-add.ts";
import { startAddingApi } from "../../support/adding-api.ts";
import { listRows } from "../../support/api.ts";

test("an add whose process died is finished by another, once", async () => {
  await using api = await startAddingApi();
  const { state } = api.world;
  const [ours, lost] = [
    "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
    "1e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
  ].map((id) => v.parse(AddId, id));
  if (!ours || !lost) throw new Error("two ids");
  const spec = api.specs.app;
  const order = { spec, replace: false, build: true, resolve: true, orderedAt: 1 };
  const result = await api.answers.resolve();
  await state.write(async (tx) => {
    await tx.insert(addOrders).values([
      { id: ours, ...order },
      { id: lost, ...order, spec: api.specs.lib, replace: true },
    ]);
    await tx.insert(adds).values({ id: ours, fetched: 2, startedAt: 1, endedAt: 2, result });
  });
  const find = await unfinishedAdds.find(api.context);

  for (const id of [...find, ...find]) await unfinishedAdds.step(api.context, id);

  expect(find).toEqual([ours, lost]);
  expect((await listRows(api.world)).map(({ pkgbase }) => pkgbase)).toEqual(["app", "lib"]);
  expect(await finishAdd(api.context, ours)).toEqual({ kind: "added", names: ["app", "lib"] });
  await api.world.settled();
  expect(api.world.bus.sent(addRequested).map(({ add }) => add)).toContain(lost);
});

test("an add shows what is fetched, and what became of it", async () => {
  await using api = await startAddingApi();
  const id = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";
  const order = { spec: api.specs.app, replace: false, build: true, resolve: true };
  await api.world.state.write(async (tx) => {
    const row = { id: v.parse(AddId, id), ...order, orderedAt: Date.UTC(2026, 0, 1) };
    await tx.insert(addOrders).values(row);
    await tx.insert(adds).values({ id: row.id, fetching: "lib", fetched: 1, startedAt: 1 });
  });

  const shown = await api.request(`/adds/${id}`);
  const missing = await api.request("/adds/nonsense");

  expect(await shown.json()).toEqual({
    add: id,
    ordered: "2026-01-01T00:00:00.000Z",
    fetching: "lib",
    fetched: 1,
    ended: null,
    outcome: null,
    added: [],
    message: null,
  });
  expect(missing.status).toBe(404);
});
