import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { askBuilders } from "../../../services/resolver/ask-builders.ts";

type Context = Parameters<typeof askBuilders>[0];

const source = { sha256: "a".repeat(64), bytes: 1 };
const generated = { kind: "generated", srcinfo: "pkgbase = app\n" } as const;

/** Builders that answer one after the other. */
const builders = (...answers: (Fault | typeof generated)[]) => {
  const ask = async () => {
    const answer = answers.shift();
    if (answer instanceof Fault) throw answer;
    return answer;
  };
  // Safe: the question is asked with these alone.
  return { ask, config: { ARCH: "x86_64" }, pause } as unknown as Context;
};

test("where one builder has no engine, another is asked", async () => {
  const without = new Fault("unavailable", "no container engine answers");

  expect(await askBuilders(builders(without, without, generated), source)).toEqual(generated);
});

test("what one builder refuses, no other is asked", async () => {
  const refused = new Fault("invalid", "no");

  await expect(askBuilders(builders(refused, generated), source)).rejects.toBe(refused);
});
