import { join } from "node:path";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as v from "valibot";
import { startEmbeddedNats } from "#shared/bus/embedded.ts";
import { programs } from "./programs.ts";
import { silentLog as log } from "./world.ts";

/** Looks at the nats-server store in the data directory of a kiln that does not run. */
export const openBusStore = async (dataDirectory: string) => {
  await using stack = new AsyncDisposableStack();
  const directory = join(dataDirectory, "nats");
  const { host, username: token } = new URL(
    stack.use(await startEmbeddedNats({ directory, log, environment: programs })).url,
  );
  const connection = await connect({ servers: host, token });
  stack.defer(() => connection.close());
  const manager = await jetstreamManager(connection);
  const resources = stack.move();
  return {
    backlog: () => backlogOf(manager),
    countsOf: (subject: string) => countsOf(manager, subject),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** What each durable consumer has still to do, by its name. */
const backlogOf = async ({ streams, consumers }: JetStreamManager) => {
  const found: Record<string, { waiting: number; working: number }> = {};
  for await (const { config } of streams.list())
    for await (const it of consumers.list(config.name))
      if (it.config.durable_name)
        found[it.name] = { waiting: it.num_pending, working: it.num_ack_pending };
  return found;
};

const About = v.object({ build: v.optional(v.string()), rebuild: v.optional(v.string()) });

/** How often a message of this subject is kept about each rebuild, or else build. */
const countsOf = async ({ streams }: JetStreamManager, subject: string) => {
  const stream = await streams.find(subject);
  const { first_seq, last_seq } = (await streams.info(stream)).state;
  const counts: Record<string, number> = {};
  for (let seq = first_seq; seq <= last_seq; seq++) {
    const found = await streams.getMessage(stream, { seq });
    if (found?.subject !== subject) continue;
    const { build = "", rebuild = build } = v.parse(About, found.json());
    counts[rebuild] = (counts[rebuild] ?? 0) + 1;
  }
  return counts;
};
