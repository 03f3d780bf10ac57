import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { installSigned } from "../../support/install-signed.ts";
import { makeDataDirectory, startKiln } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import {
  addPair,
  expectEachOnce,
  orderPair,
  pair,
  problemsOf,
  untilBuilding,
} from "../../support/pair.ts";
import { openSpy } from "../../support/spy.ts";

/** All of kiln, and a builder more, to which work could be given a second time. */
const setup = async (build: string) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  const environment = { NATS_URL: nats.url };
  const kiln = stack.use(await startKiln(data.path, { ...environment, BUILDER_NAME: "one" }));
  const another = { ...environment, BUILDER_NAME: "two" };
  stack.use(await startKiln(data.path, another, "services/builder/service.ts"));
  await addPair(kiln, build);
  await orderPair(kiln);
  await untilBuilding(kiln, "pair-lib");
  const resources = stack.move();
  return { nats, kiln, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

/** Longer than a publish waits for nats-server. */
const absence = seconds(40);

test(
  "nats-server is gone for 40 seconds: what is served is served, /readyz says why not, and each build is made once",
  async () => {
    await using it = await setup("sleep 20");
    const { kiln, nats } = it;

    await nats.down();
    const back = moment(absence);
    const { host } = new URL(nats.url);
    await expect
      .poll(() => problemsOf(kiln), { timeout: minutes(3) })
      .toEqual([
        503,
        { ready: false, problems: { bus: `nats-server at ${host} does not answer` } },
      ]);
    const order = { packages: ["pair-app"], clean: false, resolve: true, force: true };
    const paths = ["/healthz", "/x86_64/serene.db", "/package/list"];
    const answers = await Promise.all(paths.map((path) => kiln.request(path)));
    const refused = await kiln.post("/build", order);
    await back;
    await nats.up();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(refused.status).toBe(503);
    await using spy = await openSpy(nats.url);
    await expectEachOnce(kiln, spy, 1);
    await expect
      .poll(() => problemsOf(kiln), { timeout: minutes(3) })
      .toEqual([200, { ready: true }]);
    expect(await installSigned(kiln.url, ["pair-app"])).toEqual([...pair].sort());
  },
  minutes(12),
);

test(
  "nats-server stands still for longer than a builder may be silent: nothing is built twice",
  async () => {
    await using it = await setup("sleep 18");

    it.nats.signal("SIGSTOP");
    await moment(seconds(14));
    it.nats.signal("SIGCONT");

    await using spy = await openSpy(it.nats.url);
    await expectEachOnce(it.kiln, spy, 1);
  },
  minutes(12),
);
