import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { errors, nanos } from "@nats-io/nats-core";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { minutes, seconds } from "#shared/time.ts";
import { filterOf, type Message, type Stream } from "./declare.ts";

/** Two messages of one id within this time are one. */
const duplicateWindow = minutes(2);

/** JSStreamNameExistErr: the stream exists with other settings. */
const existsOtherwise = 10058;

/** JSInsufficientResourcesErr, JSStorageResourcesExceededErr; JSStreamCreateErrF and JSStreamStoreFailedF quote the system. */
const isWithoutRoom = ({ code, message }: JetStreamApiError) =>
  [10023, 10047].includes(code) ||
  ([10049, 10077].includes(code) && /no space left on device/i.test(message));

/**
 * Makes the streams of the messages, and gives those that exist the declared settings. A stream keeps subjects that
 * are not declared here: a process of a newer version publishes on them.
 */
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

const ensureStream = async (manager: JetStreamManager, declared: StreamSettings): Promise<void> => {
  const found = await findStream(manager, declared.name);
  const subjects = [...new Set([...(found?.subjects ?? []), ...declared.subjects])];
  const config = { ...declared, subjects };
  if (found && isAsDeclared(found, config)) return;
  if (found && found.retention !== config.retention)
    throw new Fault(
      "conflict",
      `stream ${config.name} is kept by ${found.retention}, expected ${config.retention}: delete it with the nats command`,
    );
  try {
    if (found) await manager.streams.update(config.name, config);
    else await manager.streams.add(config);
  } catch (error) {
    if (isForbidden(error)) return untilMade(manager, config.name);
    if (error instanceof JetStreamApiError && isWithoutRoom(error))
      throw new Fault(
        "unavailable",
        `nats-server has no room for the stream ${config.name} (${error.message}); make room on its disk, or raise its max_file_store`,
        { cause: error },
      );
    if (!(error instanceof JetStreamApiError && error.code === existsOtherwise)) throw error;
    await ensureStream(manager, declared);
  }
};

const findStream = async (manager: JetStreamManager, name: string) => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return undefined;
    throw error;
  }
};

const isAsDeclared = (found: StreamConfig, config: StreamSettings) =>
  Object.entries(config).every(
    ([key, value]) => JSON.stringify(Reflect.get(found, key)) === JSON.stringify(value),
  );

const isForbidden = (error: unknown) =>
  error instanceof Error && error.cause instanceof errors.PermissionViolationError;

/** How long somebody who may make a stream may come up after somebody who may not. */
const patience = seconds(30);

const untilMade = async (manager: JetStreamManager, name: string) => {
  const tooLate = AbortSignal.timeout(patience);
  while (!(await findStream(manager, name))) {
    if (tooLate.aborted)
      throw new Fault(
        "unavailable",
        `stream ${name} is not there, and NATS_URL's user may not make it: start a service that may`,
      );
    await pause(250, tooLate);
  }
};

type StreamSettings = Partial<StreamConfig> & Pick<StreamConfig, "name" | "subjects">;

const configOf = (
  { name, keep, maxAge, maxBytes }: Stream,
  subjects: string[],
): StreamSettings => ({
  name,
  subjects,
  max_age: nanos(maxAge),
  max_bytes: maxBytes,
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
