import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../../support/install-signed.ts";
import { makeDataDirectory, startKiln } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import { addPair, expectEachOnce, orderPair, pair } from "../../support/pair.ts";
import { openSpy } from "../../support/spy.ts";

test(
  "a second scheduler beside the first has nothing built twice, and does all the work when it is alone",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    const environment = { NATS_URL: nats.url };
    await using kiln = await startKiln(data.path, environment);
    await using second = await startKiln(data.path, environment, "services/scheduler/service.ts");
    await using spy = await openSpy(nats.url);
    await addPair(kiln);

    for (let order = 1; order <= 2; order++) await orderPair(kiln);

    await expectEachOnce(kiln, spy, 2);
    await second.kill();
    await orderPair(kiln);
    await expectEachOnce(kiln, spy, 3);
    expect(await installSigned(kiln.url, ["pair-app"])).toEqual([...pair].sort());
  },
  minutes(12),
);
