import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import { rebuildFinished } from "#shared/messages/rebuild.ts";
import { giveUpRebuild } from "../../../services/builder/rebuild.ts";
import { startFakeRebuilder } from "../../support/fake-builder.ts";

test("its container names the rebuild, and it is said who made it", async () => {
  await using it = await startFakeRebuilder({}, { BUILDER_NAME: "one" });

  const finished = await it.builder.rebuild(it.rebuild);

  expect(it.specs).toMatchObject([
    { labels: { "kiln.rebuild": it.rebuild.rebuild, "kiln.pkgbase": "app" }, network: true },
  ]);
  expect(finished).toMatchObject({ builder: "one", pkgbase: "app", arch: "x86_64" });
  expect(await it.builder.textOf(finished?.log)).toMatch(/building\n.*rebuilt app-1-1-any/s);
  expect(it.open()).toBe(0);
});

const heard = (builder: string) => ({ builder, slots: 1, at: 0 });

test("what this builder built is left to another, where there is one", async () => {
  await using it = await startFakeRebuilder({}, { BUILDER_NAME: "one" });
  await it.builder.bus.publish(builderAnnounced, heard("two"));

  const own = await it.builder.rebuild({ ...it.rebuild, builtBy: it.name("one") });
  const another = await it.builder.rebuild({ ...it.rebuild, builtBy: it.name("two") });

  expect(own).toBeUndefined();
  expect(another?.outcome.kind).toBe("rebuilt");
});

test("a builder that is alone rebuilds what it built itself", async () => {
  await using it = await startFakeRebuilder({}, { BUILDER_NAME: "one" });
  await it.builder.bus.publish(builderAnnounced, heard("one"));

  const finished = await it.builder.rebuild({ ...it.rebuild, builtBy: it.name("one") });

  expect(finished?.outcome.kind).toBe("rebuilt");
});

test("a rebuild that the verifier does not want any more is left alone", async () => {
  await using it = await startFakeRebuilder();
  it.builder.claims.go = false;

  expect(await it.builder.rebuild(it.rebuild)).toBeUndefined();
  expect(it.specs).toEqual([]);
});

test("a finished rebuild that is asked for again is not made again: what came of it is said again", async () => {
  await using it = await startFakeRebuilder();
  const finished = await it.builder.rebuild(it.rebuild);

  await it.builder.rebuild(it.rebuild);

  expect(it.specs).toHaveLength(1);
  expect(it.builder.bus.sent(rebuildFinished)).toEqual([finished, finished]);
});

test("a rebuild over its time ends with its step", async () => {
  await using it = await startFakeRebuilder(
    {
      behaviour: (command) =>
        command.startsWith("makepkg --force") ? new Promise(() => {}) : undefined,
    },
    { BUILD_TIMEOUT: "1" },
  );

  const finished = await it.builder.rebuild(it.rebuild);

  expect(finished?.outcome).toEqual({ kind: "timed-out", step: "build", afterMs: 1_000 });
  expect(it.open()).toBe(0);
});

test("an engine that is away gives the rebuild back", async () => {
  const error = new Fault("unavailable", "away");
  await using it = await startFakeRebuilder({
    behaviour: (command) =>
      command.startsWith("makepkg --force") ? Promise.reject(error) : undefined,
  });

  await expect(it.builder.rebuild(it.rebuild)).rejects.toBe(error);

  expect(it.builder.bus.sent(rebuildFinished)).toEqual([]);
  expect(it.open()).toBe(0);
});

test("a rebuild given up is said to be broken", async () => {
  await using it = await startFakeRebuilder();
  const context = { ...it.builder, name: "b", publish: it.builder.bus.publish };

  // Safe: it uses the clock and the bus alone.
  await giveUpRebuild(
    context as unknown as Parameters<typeof giveUpRebuild>[0],
    it.rebuild,
    new TypeError("bug"),
  );

  expect(it.builder.bus.sent(rebuildFinished)).toMatchObject([
    {
      outcome: {
        kind: "broken",
        step: "container",
        message: "the builder gave the rebuild up: bug",
      },
      log: null,
    },
  ]);
});
