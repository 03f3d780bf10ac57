import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/nats-core";
import { Fault } from "#shared/fault.ts";
import { minutes } from "#shared/time.ts";
import { filterOf, type Message, type Stream } from "./declare.ts";

/** Two messages of one id within this time are one. */
const duplicateWindow = minutes(2);

/** JSStreamNameExistErr: the stream exists with other settings. */
const existsOtherwise = 10058;

/** Makes the streams of the messages, and gives those that exist the declared settings. */
export const ensureStreams = async (manager: JetStreamManager, messages: readonly Message[]) => {
  for (const [stream, declared] of Map.groupBy(messages, ({ stream }) => stream))
    await ensureStream(
      manager,
      configOf(
        stream,
        declared.map((message) => filterOf(message)),
      ),
    );
};

const ensureStream = async (manager: JetStreamManager, config: StreamSettings) => {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === existsOtherwise)) throw error;
    await updateStream(manager, config);
  }
};

const updateStream = async (manager: JetStreamManager, config: StreamSettings) => {
  const { retention } = (await manager.streams.info(config.name)).config;
  if (retention !== config.retention)
    throw new Fault(
      "conflict",
      `stream ${config.name} is kept by ${retention}, expected ${config.retention}: delete it with the nats command`,
    );
  await manager.streams.update(config.name, config);
};

type StreamSettings = Partial<StreamConfig> & Pick<StreamConfig, "name">;

const configOf = ({ name, keep, maxAge }: Stream, subjects: string[]): StreamSettings => ({
  name,
  subjects,
  max_age: nanos(maxAge),
  storage: StorageType.File,
  duplicate_window: nanos(Math.min(duplicateWindow, maxAge)),
  ...(keep === "work"
    ? {
        retention: RetentionPolicy.Workqueue,
        max_msgs_per_subject: 1,
        discard: DiscardPolicy.New,
        discard_new_per_subject: true,
      }
    : { retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old }),
});
