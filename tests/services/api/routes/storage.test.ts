import * as v from "valibot";
import { expect, test } from "vitest";
import { orderSweep } from "#shared/messages/storage.ts";
import { sweeps } from "#shared/state/sweeps.ts";
import { StorageInfo, SweepInfo } from "#shared/views.ts";
import { secret, startApi } from "../../../support/api.ts";

/** An api beside a scheduler that writes each ordered sweep's row, and ends it at once. */
const setup = async (environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const api = stack.use(await startApi(environment));
  const ordered: v.InferOutput<typeof orderSweep.request>[] = [];
  const { world } = api;
  stack.use(
    await world.bus.answer("scheduler", orderSweep, async (order) => {
      ordered.push(order);
      await world.state.write(async (transaction) => {
        await transaction
          .insert(sweeps)
          .values({
            id: order.sweep,
            reason: "manual",
            dryRun: order.dryRun,
            orderedAt: world.now(),
            endedAt: world.now() + 1,
            usage: [{ kind: "logs", blobs: 2, bytes: 30 }],
            deletedBlobs: 1,
            deletedBytes: 10,
          })
          .onConflictDoNothing();
      });
      return { sweep: order.sweep };
    }),
  );
  const resources = stack.move();
  return {
    api,
    ordered,
    sweep: (body: unknown, headers: Readonly<Record<string, string>> = { authorization: secret }) =>
      api.request("/storage/sweep", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test("before any sweep there is nothing to show", async () => {
  await using it = await setup();

  const answer = await (await it.api.request("/storage")).json();

  expect(answer).toEqual({ measured: null, kinds: [], sweeps: [] });
});

test("a sweep is ordered under the key of its caller, and shown with what it found", async () => {
  await using it = await setup();
  const id = crypto.randomUUID();
  const headers = { authorization: secret, "idempotency-key": id };

  const answers = [
    await it.sweep({ dry_run: true }, headers),
    await it.sweep({ dry_run: true }, headers),
  ];

  const [first, second] = await Promise.all(answers.map((answer) => answer.json()));
  expect(second).toEqual(first);
  expect(v.parse(SweepInfo, first)).toMatchObject({ id, dry_run: true, blobs: 1, bytes: 10 });
  expect(it.ordered).toEqual([{ sweep: id, dryRun: true }]);
  const shown = v.parse(StorageInfo, await (await it.api.request("/storage")).json());
  expect(shown).toMatchObject({
    measured: "2026-01-01T00:00:00.000Z",
    kinds: [{ kind: "logs", blobs: 2, bytes: 30 }],
    sweeps: [{ id }],
  });
});

test("an order of a sweep takes a secret and the right form", async () => {
  await using it = await setup();

  const statuses = [
    (await it.sweep({ dry_run: true }, {})).status,
    (await it.sweep({})).status,
    (await it.sweep({ dry_run: true }, { authorization: secret, "idempotency-key": "x" })).status,
  ];

  expect(statuses).toEqual([401, 400, 400]);
  expect(it.ordered).toEqual([]);
});

test("where reading takes a secret, so does the storage", async () => {
  await using it = await setup({ ALLOW_READS: "false" });

  const statuses = [
    (await it.api.request("/storage")).status,
    (await it.api.request("/storage", { headers: { authorization: secret } })).status,
  ];

  expect(statuses).toEqual([401, 200]);
});
