import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "../../cli/events.ts";

const read = async (chunks: readonly string[]) => {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  return events;
};

const text =
  'id: foo\nevent: change\ndata: {"info":"build","state":"running"}\n\n' +
  'id: foo\nevent: log\ndata: "one: ✓\\n"\n\n' +
  "id: \nevent: ping\ndata: null\n\n";

const events: ServerEvent[] = [
  { name: "change", state: { state: "running", info: "build" } },
  { name: "log", text: "one: ✓\n" },
];

test("changes and logs are read, pings are not", async () => {
  expect(await read([text])).toEqual(events);
});

test("it does not matter where the stream is cut", async () => {
  expect(await read([...text])).toEqual(events);
});

test("what is not understood is left out", async () => {
  expect(
    await read([
      "event: change\ndata: {}\n\n",
      "event: log\ndata: {\n\n",
      "event: news\ndata: 1\n\n",
      ": comment\n\n",
    ]),
  ).toEqual([]);
});
