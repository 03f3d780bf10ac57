import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends bytes as they stand, which no client does that mends paths and headers; answers all that comes back. */
export const sendRaw = async (url: string, lines: readonly string[]) => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write([...lines, "connection: close", "", ""].join("\r\n"));
  const answer = await text(socket);
  const [head = "", ...body] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ", 2)[1]), body: body.join("\r\n\r\n") };
};
