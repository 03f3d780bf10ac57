import { expect, test } from "vitest";
import { jsonLog, type Level } from "#shared/service/log.ts";

const setup = (level?: Level) => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), level);
  return { log, lines, events: () => lines.map((line) => JSON.parse(line).event) };
};

test("an event is one line of JSON with what is bound and what varies", () => {
  const { log, lines } = setup();

  log.with({ service: "repo" }).with({ part: 1 }).info("it is 100 % %d", { bytes: 5n, part: 2 });

  expect(lines).toEqual([expect.stringMatching(/^[^\n]*\n$/)]);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: "repo",
    part: 2,
    bytes: "5",
    event: "it is 100 % %d",
  });
});

test("an error is a line too, and is left as it is", () => {
  const { log, lines } = setup();
  const fields = { error: new Error("no room") };

  log.error("failed", fields);

  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: { message: "no room" } });
  expect(fields.error).toBeInstanceOf(Error);
});

test.each([
  ["debug", ["a", "b", "c", "d"]],
  ["info", ["b", "c", "d"]],
  ["warn", ["c", "d"]],
  ["error", ["d"]],
] as const)("at %s it says %j", (level, said) => {
  const { log, events } = setup(level);

  log.debug("a");
  log.with({ of: "a child" }).info("b");
  log.warn("c");
  log.error("d");

  expect(events()).toEqual(said);
});
