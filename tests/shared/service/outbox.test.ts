import { expect, test } from "vitest";
import { publication } from "#shared/bus/declare.ts";
import type { Prepared } from "#shared/bus/prepare.ts";
import { Fault } from "#shared/fault.ts";
import { buildPending } from "#shared/messages/build.ts";
import { packageRemoved } from "#shared/messages/package.ts";
import { openOutbox } from "#shared/service/outbox.ts";
import { apiLease, apiOutbox } from "#shared/state/recovery.ts";
import { minutes, seconds } from "#shared/time.ts";
import { makeWorld } from "../../support/world.ts";

const tables = { outbox: apiOutbox, lease: apiLease };
const service = { name: "api", publishes: [packageRemoved] };

/** A process of the api, and what nats-server gets of it; `send` may be replaced. */
const setup = async () => {
  const world = await makeWorld();
  const sent: Prepared[] = [];
  const nats = {
    send: async (prepared: Prepared) => {
      sent.push(prepared);
    },
  };
  const bus = { send: (prepared: Prepared) => nats.send(prepared) };
  const open = (alone = false) => openOutbox(service, tables, { ...world, bus, alone });
  return { world, sent, nats, open, [Symbol.asyncDispose]: world[Symbol.asyncDispose] };
};

const removed = (pkgbase: string, at = 0) => publication(packageRemoved, { pkgbase, at });

const waiting = async ({ world }: Awaited<ReturnType<typeof setup>>) => {
  const rows = await world.state.read.select().from(apiOutbox);
  return rows.map(({ messageId }) => messageId);
};

test("what a write publishes goes out once the write is committed, and is kept no longer", async () => {
  await using it = await setup();
  await using state = it.open();

  await state.write((transaction) => transaction.publish(removed("foo", 7)));
  await it.world.settled();

  expect(it.sent).toEqual([
    {
      subject: "package.removed",
      id: "removed-foo-7",
      data: JSON.stringify({ pkgbase: "foo", at: 7 }),
    },
  ]);
  expect(await waiting(it)).toEqual([]);
});

test("a write that is rolled back publishes nothing", async () => {
  await using it = await setup();
  await using state = it.open();

  const written = state.write(async (transaction) => {
    await transaction.publish(removed("foo"));
    throw new Fault("conflict", "no");
  });

  await expect(written).rejects.toThrow("no");
  await it.world.settled();
  expect([it.sent, await waiting(it)]).toEqual([[], []]);
});

test.each([
  [
    "that the service does not declare",
    publication(buildPending, { build: crypto.randomUUID(), pkgbase: "a", arch: "x86_64", at: 0 }),
    "api does not declare build.pending",
  ],
  ["that is not of its schema", { message: packageRemoved, payload: { pkgbase: "foo" } }, "at"],
])("a message %s keeps its write from being committed", async (_what, message, reason) => {
  await using it = await setup();
  await using state = it.open();

  const written = state.write((transaction) => transaction.publish(message));

  await expect(written).rejects.toThrow(reason);
  expect(await waiting(it)).toEqual([]);
});

test("messages of one key go out in their order, and one that cannot go holds back no other key", async () => {
  await using it = await setup();
  const { send } = it.nats;
  it.nats.send = async (prepared) => {
    if (prepared.id === "removed-foo-1") throw new Fault("unavailable", "away");
    await send(prepared);
  };
  await using state = it.open();

  await state.write((transaction) =>
    transaction.publish(removed("foo", 1), removed("foo", 2), removed("bar", 3)),
  );
  await expect.poll(() => waiting(it)).toEqual(["removed-foo-1", "removed-foo-2"]);
  it.nats.send = send;

  await expect.poll(() => waiting(it)).toEqual([]);
  expect(it.sent.map(({ id }) => id)).toEqual(["removed-bar-3", "removed-foo-1", "removed-foo-2"]);
});

test("what a dead process left goes out when its lease is over, not before", async () => {
  await using it = await setup();
  await it.world.state.write(async (transaction) => {
    await transaction
      .insert(apiLease)
      .values({ id: 1, holder: "dead", expiresAt: it.world.now() + seconds(30) });
  });
  await using state = it.open();

  await state.write((transaction) => transaction.publish(removed("foo")));
  await it.world.settled();
  const before = it.sent.length;
  it.world.clock.at += seconds(31);

  await expect.poll(() => it.sent).toHaveLength(1);
  expect(before).toBe(0);
});

test.each([
  ["a process that is alone", true, 0],
  ["a process whose clock was put back by an hour", false, -minutes(60)],
])("%s waits for no lease", async (_what, alone, passed) => {
  await using it = await setup();
  await it.world.state.write(async (transaction) => {
    await transaction
      .insert(apiLease)
      .values({ id: 1, holder: "dead", expiresAt: it.world.now() + seconds(30) });
  });
  it.world.clock.at += passed;
  await using state = it.open(alone);

  await state.write((transaction) => transaction.publish(removed("foo")));
  await it.world.settled();

  expect(it.sent).toHaveLength(1);
});

test("a process that stops gives its lease back, and the next one publishes at once", async () => {
  await using it = await setup();
  const first = it.open();
  await first.write((transaction) => transaction.publish(removed("foo", 1)));
  await it.world.settled();
  await first[Symbol.asyncDispose]();

  await using second = it.open();
  await second.write((transaction) => transaction.publish(removed("foo", 2)));
  await it.world.settled();

  expect(it.sent.map(({ id }) => id)).toEqual(["removed-foo-1", "removed-foo-2"]);
});
