import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { makeScratch } from "./scratch.ts";

/** Something that answers like a docker engine which has these images: name → labels. */
export const startFakeEngine = async (images: Readonly<Record<string, Record<string, string>>>) => {
  const scratch = await makeScratch();
  const socket = join(scratch.path, "docker.sock");
  const server = createServer((request, response) => {
    const name = /^\/images\/(.+)\/json$/.exec(request.url ?? "")?.[1] ?? "";
    const labels = images[name];
    const isKnown = request.url === "/_ping" || labels !== undefined;
    response.writeHead(isKnown ? 200 : 404);
    response.end(JSON.stringify({ Id: `sha256:${name}`, Config: { Labels: labels } }));
  });
  await once(server.listen(socket), "listening");
  return {
    url: `unix://${socket}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
};
