import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { makeDataDirectory, startKiln } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import {
  addPair,
  expectEachOnce,
  orderPair,
  problemsOf,
  untilBuilding,
} from "../../support/pair.ts";
import { openSpy } from "../../support/spy.ts";

/** Another program that has a database to itself for some time; resolves when it has. */
const lockFor = async (url: string, duration: number) => {
  const script = fileURLToPath(new URL("../../support/state-lock.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url, `${duration}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await once(createInterface({ input: child.stdout }), "line");
  return { ended };
};

test(
  "the state file is locked by another program for ten seconds: all is answered, /readyz says why not, and each build is made once",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { NATS_URL: nats.url });
    await using spy = await openSpy(nats.url);
    await addPair(kiln, 1);
    await orderPair(kiln);
    await untilBuilding(kiln, "pair-lib");

    const lock = await lockFor(`file:${join(data.path, "state.db")}`, seconds(10));
    const [status, said] = await problemsOf(kiln);
    const list = await kiln.request("/package/list");
    await lock.ended;

    const locked = "another process keeps the database locked";
    expect([status, said]).toEqual([
      503,
      { ready: false, problems: expect.objectContaining({ scheduler: locked, api: locked }) },
    ]);
    expect(list.status).toBe(200);
    await expectEachOnce(kiln, spy, 1);
    await expect
      .poll(() => problemsOf(kiln), { timeout: minutes(1) })
      .toEqual([200, { ready: true }]);
  },
  minutes(5),
);
