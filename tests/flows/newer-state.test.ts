import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { execa } from "execa";
import { expect, test } from "vitest";
import { buildLog } from "#shared/messages/build.ts";
import { minutes, seconds } from "#shared/time.ts";
import { connectTo } from "../support/database.ts";
import { makeDataDirectory, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";
import { startSqld } from "../support/sqld.ts";

/** A kiln that ran, on a nats-server and an sqld that a newer version has used since. */
const startUpgraded = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const sqld = stack.use(await startSqld());
  const data = stack.use(await makeDataDirectory());
  const environment = { NATS_URL: nats.url, STATE_URL: sqld.url, PORT: "0" };
  {
    await using _ = await startKiln(data.path, environment, "services/scheduler/service.ts");
  }

  const connection = await connect({ servers: nats.url });
  stack.defer(() => connection.close());
  const { streams } = await jetstreamManager(connection);
  const configOf = async () => (await streams.info(buildLog.name)).config;
  const { subjects } = await configOf();
  const added = [...subjects, "build.of-a-newer-version"];
  await streams.update(buildLog.name, { subjects: added, max_bytes: 1_000_000_000 });
  const resources = stack.move();
  return {
    data,
    environment,
    sqld,
    configOf,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

test(
  "an older kiln refuses an sqld that a newer one migrated with one sentence, before it touches a stream",
  async () => {
    await using upgraded = await startUpgraded();
    using client = connectTo(upgraded.sqld.url);
    await client.execute({
      sql: "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('newer', ?)",
      args: [Date.UTC(2100, 0, 1)],
    });
    const before = await upgraded.configOf();

    const older = await execa("node_modules/.bin/bun", ["--bun", "services/all.ts"], {
      env: { ...upgraded.environment, DATA_DIR: upgraded.data.path },
      reject: false,
      timeout: seconds(30),
    });

    expect([older.exitCode, older.stderr]).toEqual([
      1,
      "a newer version of kiln has migrated the database (this version does not know its migration of 2100-01-01T00:00:00.000Z): run that version or a later one, or restore a backup from before the upgrade",
    ]);
    expect(await upgraded.configOf()).toEqual(before);
  },
  minutes(1),
);

test(
  "an older builder, which has no database to refuse, leaves a stream the subjects that a newer version gave it",
  async () => {
    await using upgraded = await startUpgraded();
    const { subjects } = await upgraded.configOf();

    await using _ = await startKiln(
      upgraded.data.path,
      upgraded.environment,
      "services/builder/service.ts",
    );

    expect((await upgraded.configOf()).subjects).toEqual(subjects);
  },
  minutes(1),
);
