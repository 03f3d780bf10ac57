import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { untilKept } from "../../../services/builder/until-kept.ts";

const never = new AbortController().signal;

test("what cannot be kept now is kept later, and the reason is told once", async () => {
  const full = new Fault("unavailable", "no room");
  const refusals = [full, full];
  const told: string[] = [];

  const kept = await untilKept(
    pause,
    async () => {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return "kept";
    },
    never,
    (reason) => told.push(reason),
  );

  expect([kept, told]).toEqual(["kept", ["no room"]]);
});

test("what may never be kept is not tried again", async () => {
  const refused = new Fault("invalid", "no package");

  await expect(untilKept(pause, () => Promise.reject(refused), never)).rejects.toBe(refused);
});

test("nothing is kept any more once it is stopped", async () => {
  await expect(untilKept(pause, async () => "kept", AbortSignal.abort())).rejects.toMatchObject({
    name: "AbortError",
  });
});
