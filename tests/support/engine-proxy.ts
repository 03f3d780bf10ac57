import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { inject } from "vitest";

/** The tests' engine under an address of its own, where it may go away with all its connections, and come back. */
export const startEngineProxy = async (path: string) => {
  const engine = inject("dockerUrl").replace(/^unix:\/\//, "");
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const listen = async () => {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const there = keep(connect({ path: engine, allowHalfOpen: true }));
      keep(client).pipe(there).pipe(client);
      client.on("close", () => there.destroy());
      there.on("close", () => client.destroy());
    });
    server.listen(path);
    await once(server, "listening");
    return server;
  };
  let server = await listen();
  const go = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(path, { force: true });
  };
  return {
    url: `unix://${path}`,
    go,
    async come() {
      server = await listen();
    },
    [Symbol.asyncDispose]: go,
  };
};
