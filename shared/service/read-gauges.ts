import type { Backlog, Bus } from "#shared/bus/bus.ts";
import type { Message } from "#shared/bus/declare.ts";
import { type Reading, reading } from "#shared/metrics/declare.ts";
import { abortable, deadline, type Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Showing, Subscription } from "./define.ts";
import type { Log } from "./log.ts";
import { queueMessages, queueOldest } from "./metrics.ts";

/** Who looks does not wait longer for one reading. */
const patience = 500;

type Looked<Context> = {
  readonly name: string;
  readonly consumes?: readonly Subscription<Context>[];
  readonly shows?: readonly Showing<Context>[];
};

type Around = {
  readonly bus: Bus;
  readonly log: Log;
  readonly now: () => number;
  readonly pause: Pause;
};

/** What a service's gauges show, and its queues. What cannot be known in time is not among them. */
export const readGauges = async <Context>(
  { name, consumes = [], shows = [] }: Looked<Context>,
  context: Context,
  { bus, log, now, pause }: Around,
): Promise<readonly Reading[]> => {
  const known = async (of: string, read: Promise<readonly Reading[]>) => {
    try {
      using late = deadline(pause, patience);
      return await abortable(read, late.signal);
    } catch (error) {
      log.debug("gauge not known", { of, error });
      return [];
    }
  };
  const readings = await Promise.all([
    ...consumes.map(({ message }) =>
      known(
        message.subject,
        bus.backlog(name, message).then((it) => readingsOf(name, message, it, now())),
      ),
    ),
    ...shows.map(({ gauges, read }) =>
      known(gauges.map((gauge) => gauge.name).join(", "), read(context)),
    ),
  ]);
  return readings.flat();
};

const readingsOf = (
  service: string,
  { stream, subject: message }: Message,
  { waiting, working, oldestAt }: Backlog,
  now: number,
): Reading[] => {
  const labels = { service, message };
  const age = oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / seconds(1);
  return [
    reading(queueMessages, { ...labels, state: "waiting" }, waiting),
    reading(queueMessages, { ...labels, state: "working" }, working),
    ...(stream.keep === "work" ? [reading(queueOldest, labels, age)] : []),
  ];
};
