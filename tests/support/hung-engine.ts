import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { makeScratch } from "./scratch.ts";

/** What an engine answers to a builder, up to the start of a program. */
const answers: readonly (readonly [request: RegExp, status: number, body: object])[] = [
  [/^GET \/_ping/, 200, {}],
  [/^POST \/containers\/create/, 201, { Id: "c" }],
  [/^POST \/containers\/c\/start/, 204, {}],
  [/^PUT \/containers\/c\/archive/, 200, {}],
  [/^GET \/containers\/c\/json/, 200, { State: { Running: true } }],
  [/^GET \/containers\/c\/stats/, 200, { pids_stats: { current: 1 } }],
  [/^DELETE \/containers\/c/, 204, {}],
  [/^POST \/containers\/c\/exec/, 201, { Id: "e" }],
];

/**
 * An engine on a socket. Of requests it is told to hang on, it accepts each and answers none; programs that it starts
 * print nothing and do not end.
 */
export const startHungEngine = async () => {
  const scratch = await makeScratch();
  const socket = join(scratch.path, "docker.sock");
  const state = { hangs: /^$/ };
  const unanswered: string[] = [];
  let running = 0;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    request.resume();
    if (state.hangs.test(line)) return void unanswered.push(line);
    if (line.startsWith("POST /exec/e/start")) {
      running += 1;
      // Its head alone: the program prints nothing, and does not end.
      return void response.writeHead(200).flushHeaders();
    }
    const [, status = 404, body = {}] = answers.find(([pattern]) => pattern.test(line)) ?? [];
    request.once("end", () => response.writeHead(status).end(JSON.stringify(body)));
  });
  server.on("upgrade", (request, upgraded) => {
    const line = `${request.method} ${request.url}`;
    if (state.hangs.test(line)) return void unanswered.push(line);
    upgraded.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  });
  server.on("connection", (each: Socket) => {
    sockets.add(each);
    each.on("error", () => each.destroy());
    each.on("close", () => sockets.delete(each));
  });
  await once(server.listen(socket), "listening");
  return {
    url: `unix://${socket}`,
    /** From now on, requests that the pattern matches get no answer: "GET /_ping". */
    hang: (pattern: RegExp) => {
      state.hangs = pattern;
    },
    unanswered,
    /** How many programs it runs. */
    running: () => running,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const each of sockets) each.destroy();
      server.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
};
