import { join } from "node:path";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { planFinished, planRequested } from "#shared/messages/plan.ts";
import { sessions } from "#shared/state/builds.ts";
import { openState } from "#shared/state/open.ts";
import { minutes, seconds } from "#shared/time.ts";
import { startBus } from "../support/bus.ts";
import { makeDataDirectory, startKiln } from "../support/kiln.ts";
import { answerPlans } from "../support/plans.ts";
import { insertPackage } from "../support/rows.ts";

const everyTwoSeconds = "*/2 * * * * *";

const soon = { timeout: minutes(1), interval: 100 };

/** Two schedulers, as processes; and a resolver that finds every package up to date, so that its builds end at once. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const { nats, connect } = stack.use(await startBus());
  const data = stack.use(await makeDataDirectory());
  const state = stack.use(await openState(`file:${join(data.path, "state.db")}`));
  await insertPackage(state, "foo");
  const bus = await connect([planRequested, planFinished]);
  stack.use(await answerPlans(bus, state, () => ({ current: true, needs: [] })));
  const environment = { NATS_URL: nats.url, SCHEDULE: everyTwoSeconds };
  const start = () => startKiln(data.path, environment, "services/scheduler/service.ts");
  const schedulers = [stack.use(await start()), stack.use(await start())] as const;
  const resources = stack.move();
  return {
    schedulers,
    ordered: () => state.read.$count(sessions, eq(sessions.reason, "schedule")),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const Fired = v.object({ event: v.literal("cron fired"), at: v.number() });

test(
  "a tick of a schedule fires in one of two schedulers, and ticks go on when one is killed",
  async () => {
    await using it = await setup();
    const { schedulers, ordered } = it;
    const ticks = () =>
      schedulers
        .flatMap(({ lines }) => lines.map((line) => v.safeParse(Fired, JSON.parse(line))))
        .flatMap(({ success, output }) => (success ? output.at : []));

    await expect.poll(() => ticks().length, soon).toBeGreaterThanOrEqual(5);
    await schedulers[0].kill();
    const orders = await ordered();
    await expect.poll(ordered, soon).toBeGreaterThanOrEqual(orders + 2);
    await schedulers[1].stop();

    const fired = ticks().sort();
    expect(fired).toEqual([...new Set(fired)]);
    expect(fired.filter((at) => at % seconds(2) !== 0)).toEqual([]);
    // The killed process may have committed a tick that it did not log.
    expect(await ordered()).toBeLessThanOrEqual(fired.length + 1);
  },
  minutes(4),
);
