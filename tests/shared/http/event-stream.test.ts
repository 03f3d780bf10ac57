import { expect, test, vi } from "vitest";
import { eventStream } from "#shared/http/event-stream.ts";

test("events are sent as they are, and no cache keeps them", async () => {
  const stream = new Blob(["data: 1\n\n"]).stream();
  const response = eventStream({ stream, leave: () => {} }, new AbortController().signal);

  expect(Object.fromEntries(response.headers)).toEqual({
    "cache-control": "no-cache",
    "content-encoding": "identity",
    "content-type": "text/event-stream",
  });
  expect(await response.text()).toBe("data: 1\n\n");
});

test.each([
  ["before", true],
  ["after", false],
])("a client that goes away %s the answer leaves", (_when, before) => {
  const connection = new AbortController();
  const leave = vi.fn();
  if (before) connection.abort();

  eventStream({ stream: new Blob().stream(), leave }, connection.signal);
  connection.abort();

  expect(leave).toHaveBeenCalledOnce();
});
