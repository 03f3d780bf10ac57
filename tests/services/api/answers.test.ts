import { expect, test } from "vitest";
import { openAnswers } from "../../../services/api/answers.ts";

/** Answers that count how often they were made, of tables that a test changes. */
const setup = () => {
  const tables = { revision: "1", made: 0 };
  const answers = openAnswers(async () => tables.revision);
  const ask = async (name = "list", make: () => Promise<unknown> = count) =>
    JSON.parse(new TextDecoder().decode(await answers(name, make)));
  const count = async () => {
    tables.made += 1;
    return `${tables.made} of ${tables.revision}`;
  };
  return { tables, ask };
};

test("what nobody changed is made once, however many ask", async () => {
  const { tables, ask } = setup();

  const together = await Promise.all([ask(), ask(), ask()]);
  const later = await ask();

  expect([...together, later]).toEqual(Array(4).fill("1 of 1"));
  expect(tables).toEqual({ revision: "1", made: 1 });
});

test("what was changed is made anew by the very next question", async () => {
  const { tables, ask } = setup();

  const before = await ask();
  tables.revision = "2";
  const after = await ask();

  expect([before, after]).toEqual(["1 of 1", "2 of 2"]);
});

test("each name has an answer of its own", async () => {
  const { ask } = setup();

  expect([await ask("list"), await ask("one"), await ask("list")]).toEqual([
    "1 of 1",
    "2 of 1",
    "1 of 1",
  ]);
});

test("an answer during whose making the tables changed serves nobody who asks after the change", async () => {
  const { tables, ask } = setup();
  const reading = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();

  const slow = ask("list", async () => {
    reading.resolve();
    await changed.promise;
    return "read before the change";
  });
  await reading.promise;
  tables.revision = "2";
  const after = ask();
  changed.resolve();

  expect([await slow, await after, await ask()]).toEqual([
    "read before the change",
    "1 of 2",
    "1 of 2",
  ]);
});

test("a failure is not kept", async () => {
  const { ask } = setup();

  const failed = ask("list", () => Promise.reject(new Error("the database is busy")));

  await expect(failed).rejects.toThrow("busy");
  expect(await ask()).toBe("1 of 1");
});
