import { join } from "node:path";
import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "vitest";
import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";
import { minutes, seconds } from "#shared/time.ts";
import { makeDataDirectory, startKiln } from "../../support/kiln.ts";
import { lockState } from "../../support/lock-state.ts";
import { startNats } from "../../support/nats.ts";
import {
  addPair,
  expectEachOnce,
  orderPair,
  problemsOf,
  untilBuilding,
} from "../../support/pair.ts";
import { makeScratch } from "../../support/scratch.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { openSpy } from "../../support/spy.ts";

test(
  "the state file is locked by another program for ten seconds: all is answered, /readyz says why not, and each build is made once",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { NATS_URL: nats.url });
    await using spy = await openSpy(nats.url);
    await addPair(kiln, "sleep 1");
    await orderPair(kiln);
    await untilBuilding(kiln, "pair-lib");

    const locked = "another process keeps the database locked";
    {
      await using _ = await lockState(`file:${join(data.path, "state.db")}`);
      const over = moment(seconds(10));
      await expect
        .poll(() => problemsOf(kiln), { timeout: minutes(3) })
        .toEqual([
          503,
          { ready: false, problems: expect.objectContaining({ scheduler: locked, api: locked }) },
        ]);
      expect((await kiln.request("/package/list")).status).toBe(200);
      await over;
    }

    await expectEachOnce(kiln, spy, 1);
    await expect
      .poll(() => problemsOf(kiln), { timeout: minutes(3) })
      .toEqual([200, { ready: true }]);
  },
  minutes(12),
);

test("a write that finds no room on the database's disk is refused as trouble that passes", async () => {
  await using scratch = await makeScratch();
  const place = join(scratch.path, "disk");
  await using disk = await mountSmallDisk(place, 8);
  await using state = await openState(`file:${join(place, "state.db")}`);
  const write = (sha256: string) =>
    state.write((transaction) =>
      transaction
        .insert(signatures)
        .values({ sha256, fingerprint: "", signature: "x".repeat(100_000), signedAt: 0 }),
    );

  await disk.fill();
  const refused = await write("one").catch((error: unknown) => error);
  const again = await write("two").catch((error: unknown) => error);
  const before = await state.read.$count(signatures);
  await disk.empty();
  await write("three");

  const message = expect.stringMatching(
    `^the database ${place}/state.db cannot be written to \\(SQLITE_(FULL|IOERR).*\\); mend that$`,
  );
  expect([refused, again]).toEqual([
    expect.objectContaining({ kind: "unavailable", message }),
    expect.objectContaining({ kind: "unavailable", message }),
  ]);
  expect([before, await state.read.$count(signatures)]).toEqual([0, 1]);
});
