import { expect, test, vi } from "vitest";
import { pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { job, startBus } from "../../support/bus.ts";
import { jobAsked } from "../../support/jobs.ts";

/** Longer than an idle pull lasts, so that the process that has no work pulls again meanwhile. */
const length = seconds(35);

test("work of 35 seconds under an ack wait of 2 is given to one process, once", async () => {
  await using world = await startBus();
  const other = await world.connect();
  const terms = { atOnce: 2, ackWait: seconds(2) };
  const done: string[] = [];
  const work = async ({ id }: { id: string }) => {
    done.push(`${id} begins`);
    if (id === "long") await pause(length);
    done.push(`${id} ends`);
  };
  await using _first = await world.bus.consume("worker", jobAsked, terms, work);
  await using _second = await other.consume("worker", jobAsked, terms, work);

  await world.bus.publish(jobAsked, job("long"));
  await vi.waitFor(() => expect(done).toContain("long ends"), { timeout: length + seconds(15) });
  await world.bus.publish(jobAsked, job("short"));

  const expected = ["long begins", "long ends", "short begins", "short ends"];
  await vi.waitFor(() => expect(done).toEqual(expected), { timeout: seconds(10) });
}, 90_000);
