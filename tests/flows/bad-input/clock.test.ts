import { join } from "node:path";
import { expect, test } from "vitest";
import { host } from "#shared/service/host.ts";
import { machine } from "#shared/service/machine.ts";
import { openState } from "#shared/state/open.ts";
import { generations } from "#shared/state/repo.ts";
import { minutes } from "#shared/time.ts";
import { all } from "../../../services/all.ts";
import { installSigned } from "../../support/install-signed.ts";
import { clientOf, environmentOf, makeDataDirectory } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import { addPair, expectEachOnce, orderPair, pair, untilBuilding } from "../../support/pair.ts";
import { openSpy } from "../../support/spy.ts";
import { silentLog } from "../../support/world.ts";

const hours = (count: number) => minutes(60 * count);

/** All of kiln in this process, on a clock that can be put. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  // What is signed must not be signed in the future of pacman, nor before the key was made.
  const clock = { behind: hours(24) };
  const environment = { ...environmentOf(data.path), NATS_URL: nats.url };
  const now = () => Date.now() - clock.behind;
  const hosted = stack.use(await host(all, environment, { log: silentLog, now, ...machine }));
  clock.behind = hours(12);
  const spy = stack.use(await openSpy(nats.url));
  const state = stack.use(await openState(`file:${join(data.path, "state.db")}`));
  const resources = stack.move();
  return {
    ...{ clock, spy, state },
    kiln: clientOf(hosted.url),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test(
  "the clock jumps by hours, forth and back, while packages are built: each is built once, in order, and pacman sees each change",
  async () => {
    await using it = await setup();
    const { clock, kiln, spy } = it;
    await addPair(kiln, "sleep 1");

    await orderPair(kiln);
    await untilBuilding(kiln, "pair-lib");
    clock.behind = hours(3);
    await expectEachOnce(kiln, spy, 1);
    await orderPair(kiln);
    await untilBuilding(kiln, "pair-lib");
    clock.behind = hours(20);
    await orderPair(kiln);
    await expectEachOnce(kiln, spy, 3);

    const made = await it.state.read.select().from(generations).orderBy(generations.number);
    const times = made.map(({ modifiedAt }) => Math.floor(modifiedAt / 1_000));
    expect(times.slice(1).filter((time, index) => time <= (times[index] ?? 0))).toEqual([]);
    expect(made.length).toBeGreaterThanOrEqual(6);
    const answer = await kiln.request("/readyz");
    expect([answer.status, await answer.json()]).toEqual([200, { ready: true }]);
    expect(await installSigned(kiln.url, ["pair-app"])).toEqual([...pair].sort());
  },
  minutes(12),
);
