import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { type Pause, pause } from "#shared/pause.ts";
import { askBuilders } from "../../../services/resolver/ask-builders.ts";

type Context = Parameters<typeof askBuilders>[0];

const request = { source: { sha256: "a".repeat(64), bytes: 1 }, arch: "x86_64" };
const generated = { kind: "generated", srcinfo: "pkgbase = app\n" } as const;

/** Builders that answer one after the other. */
const buildersWith = (pause: Pause, ...answers: (Fault | typeof generated)[]) => {
  const ask = async () => {
    const answer = answers.shift();
    if (answer instanceof Fault) throw answer;
    return answer;
  };
  // Safe: the question is asked with these alone.
  const context = { ask, pause } as unknown as Context;
  return { ...context, left: () => answers.length };
};

const builders = (...answers: (Fault | typeof generated)[]) => buildersWith(pause, ...answers);

test("where one builder has no engine, another is asked", async () => {
  const without = new Fault("unavailable", "no container engine answers");

  expect(
    await askBuilders(builders(without, without, generated), generateSrcinfo, request),
  ).toEqual(generated);
});

test("what one builder refuses, no other is asked", async () => {
  const refused = new Fault("invalid", "no");

  await expect(askBuilders(builders(refused, generated), generateSrcinfo, request)).rejects.toBe(
    refused,
  );
});

test.each([
  ["20 s with the first of them", 20_000, 1],
  ["5 s with several", 5_000, 2],
])("builders that cannot do it are given up after %s", async (_time, patience, asked) => {
  const without = new Fault("unavailable", "no container engine answers");
  const answers = [without, without, without];
  // The waits between two tries and the deadline of this row end at once; the other deadline never does.
  const pause: Pause = (milliseconds, signal) =>
    milliseconds === patience || milliseconds === 50
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));

  const context = buildersWith(pause, ...answers);

  await expect(askBuilders(context, generateSrcinfo, request)).rejects.toBe(without);
  expect(context.left()).toBe(answers.length - asked);
});
