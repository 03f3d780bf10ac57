import * as v from "valibot";
import { expect, test } from "vitest";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { buildEnded, buildFinished, buildPending, buildStarted } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { messages } from "#shared/messages/index.ts";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { pause } from "#shared/pause.ts";
import { readEvents } from "../../cli/events.ts";
import type { Unfinished } from "../../services/api/live/hub.ts";
import { openNotifiedHub } from "../support/live.ts";
import { startNats } from "../support/nats.ts";
import { silentLog } from "../support/world.ts";

const pkgbase = v.parse(Pkgbase, "foo");

/** Live events on a bus of their own; `running` is a build that is under way already. */
const setup = async (running?: BuildId) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const bus = stack.use(await connectJetStream({ servers: nats.url, messages, log: silentLog }));
  const rows: Unfinished[] = [];
  if (running) rows.push({ build: running, state: { state: "running", info: "build" }, startedAt });
  const hub = stack.use(
    await openNotifiedHub(bus, {
      log: silentLog,
      pause,
      now: Date.now,
      findUnfinished: async () => rows,
    }),
  );
  const resources = stack.move();
  return { bus, hub, rows, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

const newBuild = () => v.parse(BuildId, crypto.randomUUID());

const startedAt = Date.now();

const about = (build: BuildId) => ({ build, pkgbase, arch: "x86_64", at: startedAt });

/** What a stream tells until `ends` builds have ended, a log's texts put together. */
const tellingOf = async (stream: ReadableStream<Uint8Array>, ends: number) => {
  const told: string[] = [];
  let ended = 0;
  for await (const event of readEvents(stream)) {
    const word = event.name === "log" ? `log ${event.text}` : wordOf(event.state);
    told.push(word);
    if (word === "success" && ++ended === ends) return told;
  }
  return told;
};

const wordOf = (state: { readonly state: string; readonly info?: unknown }) =>
  state.info === undefined ? state.state : `${state.state}/${state.info}`;

const whole = [
  "pending",
  "running/build",
  "log 0",
  "log 1",
  "log 2",
  "running/publish",
  "running/clean",
  "success",
];

test("builds are told of in serene's order, though each subject comes on its own", async () => {
  await using it = await setup();
  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const told = tellingOf(stream, 5);

  for (let count = 0; count < 5; count++) {
    const build = newBuild();
    const { publish } = it.bus;
    it.rows.push({ build, state: { state: "pending" }, startedAt: null });
    await publish(buildPending, about(build));
    await publish(buildStarted, about(build));
    await Promise.all([
      ...[0, 1, 2].map((index) =>
        publish(buildOutput, { build, startedAt, index, text: `${index}` }),
      ),
      publish(buildFinished, {
        ...about(build),
        builder: "builder-1",
        outcome: {
          kind: "built",
          artifacts: [],
          srcinfo: { sha256: "a".repeat(64), bytes: 1 },
          pkgbuild: { sha256: "b".repeat(64), bytes: 1 },
        },
        log: null,
        outputs: 3,
        measurements: null,
      }),
      publish(buildEnded, { ...about(build), state: "success", message: null }),
    ]);
  }

  expect(await told).toEqual(Array.from({ length: 5 }, () => whole).flat());
});

test("who comes late gets the log so far in one piece", async () => {
  const build = newBuild();
  await using it = await setup(build);
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index}\n`);
  for (const [index, text] of lines.entries())
    await it.bus.publish(buildOutput, { build, startedAt, index, text });

  const { stream } = await it.hub.subscribe(pkgbase, "client");
  const told = tellingOf(stream, 1);
  await it.bus.publish(buildEnded, { ...about(build), state: "current", message: null });

  expect(await told).toEqual([
    "running/build",
    `log ${lines.join("")}`,
    "running/clean",
    "success",
  ]);
});
