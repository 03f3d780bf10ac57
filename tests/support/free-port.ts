import { once } from "node:events";
import { createServer } from "node:net";

/** A port of 127.0.0.1 for a program that does not say which one it got for 0. */
export const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
};
