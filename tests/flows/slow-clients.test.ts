import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "vitest";
import { serve } from "#shared/runtime.ts";
import { seconds } from "#shared/time.ts";

/** Bun looks at its limits each four seconds. */
const limits = { idle: 4, body: 4 };

const live = { headers: { "content-type": "text/event-stream" } };

/** A body whose first byte comes at once, and whose end never does. */
const endless = () => new ReadableStream({ start: (it) => it.enqueue(new Uint8Array([46])) });

/** A client that says no more than this; whether the server closed the connection, when `patience` is over. */
const isClosed = async (port: number, text: string, patience: number) => {
  const socket = connect(port, "127.0.0.1").resume();
  socket.on("error", () => {});
  socket.write(text);
  const closed = once(socket, "close").then(() => true);
  const result = await Promise.race([closed, moment(patience, false)]);
  socket.destroy();
  return result;
};

test("clients that send no more lose their connection; live streams and slow answers do not", async () => {
  await using server = await serve(
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/live") return new Response(endless(), live);
      if (pathname === "/late") await moment(seconds(15));
      return new Response(String((await request.text()).length));
    },
    "127.0.0.1",
    0,
    limits,
  );
  const host = "Host: x\r\n";

  const late = fetch(`http://127.0.0.1:${server.port}/late`);
  const closed = await Promise.all(
    [
      "GET / HTTP/1.1\r\nHost:",
      `POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`,
      `GET / HTTP/1.1\r\n${host}\r\n`,
      `GET /live HTTP/1.1\r\n${host}\r\n`,
    ].map((text) => isClosed(server.port, text, seconds(18))),
  );
  const answer = await late;

  expect(closed).toEqual([true, true, true, false]);
  expect(await answer.text()).toBe("0");
}, 60_000);
