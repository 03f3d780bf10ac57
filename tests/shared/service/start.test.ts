import { getEventListeners } from "node:events";
import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { packageAdded, packageRemoved } from "#shared/messages/package.ts";
import { retirePackage } from "#shared/messages/repo.ts";
import {
  answer,
  defineService,
  every,
  follow,
  followOnDemand,
  on,
  type Publishing,
  type World,
} from "#shared/service/define.ts";
import { start } from "#shared/service/start.ts";
import { minutes, seconds } from "#shared/time.ts";
import { makeWorld } from "../../support/world.ts";

const plain = {
  name: "plain",
  config: v.object({}),
  state: false,
  open: async () => ({}),
  health: async () => {},
} as const;

const removed = { pkgbase: "yay", at: 0 };

const added = { pkgbase: "yay", source: crypto.randomUUID(), dependency: false, at: 0 };

type Seen = { readonly seen: string[] };

test("a service may not say, ask or follow what its table does not name", async () => {
  await using world = await makeWorld();
  const failures: unknown[] = [];
  const service = defineService({
    ...plain,
    consumes: [
      on(
        packageRemoved,
        async ({ ask, follow, publish }: World & Publishing) => {
          for (const attempt of [
            publish(packageRemoved, removed),
            ask(retirePackage, { pkgbase: "yay" }),
            follow(packageRemoved, "now", () => {}),
          ])
            failures.push(await attempt.catch(String));
        },
        { atOnce: 1, ackWait: seconds(1) },
      ),
    ],
  });
  await using _ = await start(service, {}, world);

  await world.publish(packageRemoved, removed);

  expect(failures).toEqual([
    "TypeError: plain does not declare package.removed",
    "TypeError: plain does not declare repo.retire",
    "TypeError: plain does not declare package.removed",
  ]);
});

test("a service is given what it follows in the order of its rows, and before it consumes", async () => {
  await using world = await makeWorld();
  await world.publish(packageAdded, added);
  await world.publish(packageRemoved, removed);
  const seen: string[] = [];
  const service = defineService({
    ...plain,
    open: async () => ({ seen }),
    follows: [
      follow(packageRemoved, ({ seen }: Seen, { pkgbase }) => void seen.push(`-${pkgbase}`), {
        from: "start",
      }),
      follow(packageAdded, ({ seen }: Seen, { pkgbase }) => void seen.push(`+${pkgbase}`), {
        from: "now",
      }),
    ],
    consumes: [
      on(packageAdded, async ({ seen }: Seen) => void seen.push("consumed"), {
        atOnce: 1,
        ackWait: seconds(1),
      }),
    ],
  });

  const running = await start(service, {}, world);
  await world.publish(packageAdded, added);
  await running[Symbol.asyncDispose]();
  await world.publish(packageAdded, added);

  expect(seen).toEqual(["-yay", "+yay", "consumed"]);
});

test("a verb follows what its service lists as followed on demand, and nothing that a row handles", async () => {
  await using world = await makeWorld();
  const followed = async (follow: World["follow"]) => {
    await using _ = await follow(packageAdded, "start", () => {});
    return await follow(packageRemoved, "start", () => {}).catch(String);
  };
  const service = defineService({
    ...plain,
    follows: [followOnDemand(packageAdded), follow(packageRemoved, () => {}, { from: "now" })],
    answers: [
      answer(retirePackage, async ({ follow }: World) => {
        expect(await followed(follow)).toBe("TypeError: plain does not declare package.removed");
        return { generation: 1 };
      }),
    ],
  });
  await using _ = await start(service, {}, world);

  expect(await world.ask(retirePackage, { pkgbase: "yay" })).toEqual({ generation: 1 });
});

test("a service answers its questions with its context", async () => {
  await using world = await makeWorld();
  const service = defineService({
    ...plain,
    open: async () => ({ generation: 7 }),
    answers: [
      answer(retirePackage, async ({ generation }: { readonly generation: number }) => ({
        generation,
      })),
    ],
  });

  await using _ = await start(service, {}, world);

  expect(await world.ask(retirePackage, { pkgbase: "yay" })).toEqual({ generation: 7 });
});

test("a repetition runs at start, and stopping waits until it ended", async () => {
  await using world = await makeWorld();
  const seen: string[] = [];
  const service = defineService({
    ...plain,
    repeats: [
      every(minutes(1), async (_context, signal) => {
        seen.push("started");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        seen.push("ended");
      }),
    ],
  });

  const running = await start(service, {}, world);
  await vi.waitFor(() => expect(seen).toEqual(["started"]), { timeout: 15_000 });
  await running[Symbol.asyncDispose]();

  expect(seen).toEqual(["started", "ended"]);
});

test("a stop aborts the signal that a service was opened with before anything of the service ends", async () => {
  await using world = await makeWorld();
  const seen: string[] = [];
  const service = defineService({
    ...plain,
    open: async ({ signal }) => {
      signal.addEventListener("abort", () => seen.push("aborted"));
      return { [Symbol.asyncDispose]: async () => void seen.push("closed") };
    },
    repeats: [
      every(minutes(1), async ({ signal }: World) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        seen.push("repetition ended");
      }),
    ],
  });

  const running = await start(service, {}, world);
  await running[Symbol.asyncDispose]();

  expect(seen).toEqual(["aborted", "repetition ended", "closed"]);
});

test("a start that fails aborts the signal too, and closes what it opened", async () => {
  await using world = await makeWorld();
  const seen: string[] = [];
  const service = defineService({
    ...plain,
    open: async ({ signal }) => {
      signal.addEventListener("abort", () => seen.push("aborted"));
      return { [Symbol.asyncDispose]: async () => void seen.push("closed") };
    },
    http: {
      claims: ["{ARCH}"],
      serve: () => ({ fetch: () => new Response() }),
    },
  });

  await expect(start(service, {}, world)).rejects.toThrow("there is no variable ARCH");

  expect(seen).toEqual(["aborted", "closed"]);
});

test("a repetition leaves nothing behind from one run to the next", async () => {
  await using world = await makeWorld();
  const listeners: number[] = [];
  const service = defineService({
    ...plain,
    repeats: [
      every(0, async (_, signal) => {
        listeners.push(getEventListeners(signal, "abort").length);
      }),
    ],
  });

  await using _ = await start(service, {}, world);

  await expect.poll(() => listeners.length).toBeGreaterThan(5);
  expect(new Set(listeners)).toEqual(new Set([0]));
});

test("what a service opened is closed when a later part of its start fails", async () => {
  await using world = await makeWorld();
  const closed = vi.fn(async () => {});
  const service = defineService({
    ...plain,
    open: async () => ({ [Symbol.asyncDispose]: closed }),
    http: {
      claims: [],
      serve: () => {
        throw new Error("no app");
      },
    },
  });

  await expect(start(service, {}, world)).rejects.toThrow("no app");

  expect(closed).toHaveBeenCalledOnce();
});

test("a service with tables does not start without a database", async () => {
  await using world = await makeWorld();
  const { state: _, ...surroundings } = world;
  const service = defineService({ ...plain, state: true });

  await expect(start(service, {}, surroundings)).rejects.toThrow(
    "plain has tables but no database is open",
  );
});
