import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { natsServerConf } from "../../compose/nats-server-conf.ts";

test("compose/nats-server.conf is as the services' tables say; `npx bun compose/nats-server-conf.ts` writes it", async () => {
  const written = await readFile("compose/nats-server.conf", "utf8");

  expect(written).toBe(natsServerConf());
});
