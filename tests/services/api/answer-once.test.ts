import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { SessionId } from "#shared/model.ts";
import { days } from "#shared/time.ts";
import { forgetKeys } from "../../../services/api/answer-once.ts";
import { makeApp } from "../../../services/api/app.ts";
import { startAddingApi } from "../../support/adding-api.ts";
import { secret, startApi } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";

const key = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

const terms = { clean: false, resolve: true, force: true };

const foo = { ...terms, packages: ["foo"] };

const orderOf = (body: object, headers: Readonly<Record<string, string>> = {}) => ({
  method: "POST",
  headers: {
    authorization: secret,
    "content-type": "application/json",
    "idempotency-key": key,
    ...headers,
  },
  body: JSON.stringify(body),
});

const textOf = async (response: Response) => [
  response.status,
  response.headers.get("content-type"),
  await response.text(),
];

const conflict = [
  409,
  "application/problem+json",
  '{"type":"about:blank","title":"Conflict","status":409,"detail":"another order has this Idempotency-Key: choose a new one"}',
];

test("an order of builds that is sent again with its key gets the same answer, and is carried out once", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const order = orderOf({ resolve: true, force: false });

  const first = await api.request("/packages/foo/build", order);
  const again = await api.request("/packages/foo/build", order);

  expect(await textOf(again)).toEqual(await textOf(first));
  expect(api.orders.map(({ session }) => session)).toEqual([key]);
});

test("an add that is sent again with its key gets the same answer, also when the package has changed since", async () => {
  await using api = await startAddingApi();
  const order = orderOf({ replace: false, source: { type: "aur", name: "app" } });

  const first = await api.request("/package/add", order);
  await api.write("DELETE", "/package/lib");
  const again = await api.request("/package/add", order);

  expect(first.status).toBe(200);
  expect(await textOf(again)).toEqual(await textOf(first));
  expect(api.orders).toHaveLength(1);
});

test.each([
  ["another body", "/build", { ...foo, force: false }],
  ["another route", "/build/all", foo],
  ["another kind of order", "/package/add", { replace: false, source: { type: "aur", name: "x" } }],
])("%s with a known key is refused", async (_what, path, body) => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  await api.request("/build", orderOf(foo));

  const other = await api.request(path, orderOf(body));

  expect(await textOf(other)).toEqual(conflict);
  expect(api.orders).toHaveLength(1);
});

test("bodies that say the same in another way are the same order", async () => {
  await using api = await startAddingApi();
  const source = { type: "aur", name: "app" };
  const whole = { source, build: true, resolve: true, replace: false, more: 1 };

  const first = await api.request("/package/add", orderOf({ replace: false, source }));
  const again = await api.request("/package/add", orderOf(whole));

  expect(await textOf(again)).toEqual(await textOf(first));
});

test("a refusal is an answer: it stays the same", async () => {
  await using api = await startApi();

  const first = await api.request("/build", orderOf(foo));
  await insertPackage(api.world.state, "foo");
  const again = await api.request("/build", orderOf(foo));

  expect(first.status).toBe(404);
  expect(await textOf(again)).toEqual(await textOf(first));
  expect(api.orders).toEqual([]);
});

test("trouble of kiln's own is no answer: the order goes on under the same id when it is sent again", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const { order } = api.answers;
  api.answers.order = async () => {
    throw new Fault("unavailable", "nobody answers build.order");
  };

  const first = await api.request("/build", orderOf(foo));
  api.answers.order = order;
  const again = await api.request("/build", orderOf(foo));

  expect([first.status, again.status]).toEqual([503, 200]);
  expect(api.orders.map(({ session }) => session)).toEqual([key]);
});

test("two replicas that get an order at the same time carry out one", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  const answered = Promise.withResolvers<void>();
  const sessions: string[] = [];
  api.answers.order = async ({ session }) => {
    sessions.push(session);
    if (sessions.length === 2) answered.resolve();
    await answered.promise;
    return { session: v.parse(SessionId, session), builds: [] };
  };
  const replicas = [makeApp(api.context), makeApp(api.context)];

  const answers = await Promise.all(
    replicas.map(async (replica) =>
      textOf(
        await replica.request("/packages/foo/build", orderOf({ resolve: true, force: false })),
      ),
    ),
  );

  // The scheduler knows by the id that both are the same order.
  expect(sessions).toEqual([key, key]);
  expect(answers[0]).toEqual(answers[1]);
});

test("somebody without the secret learns nothing by a key", async () => {
  await using api = await startApi();
  await insertPackage(api.world.state, "foo");
  await api.request("/build", orderOf(foo));

  const stranger = await api.request("/build", orderOf(foo, { authorization: "guess" }));

  expect(stranger.status).toBe(403);
});

test("a key is forgotten two days after its order", async () => {
  await using api = await startApi();
  const { clock } = api.world;
  await api.request("/build", orderOf(foo));
  await insertPackage(api.world.state, "foo");

  clock.at += days(1);
  await forgetKeys(api.context);
  const kept = await api.request("/build", orderOf(foo));
  clock.at += days(1) + 1;
  await forgetKeys(api.context);
  const forgotten = await api.request("/build", orderOf(foo));

  expect([kept.status, forgotten.status]).toEqual([404, 200]);
});
