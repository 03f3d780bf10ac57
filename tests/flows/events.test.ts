import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { messages, questions } from "#shared/messages/index.ts";
import { minutes } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { type AsyncApi, isDescribed } from "../support/asyncapi.ts";
import { runScript } from "../support/child.ts";
import { startGuardedNats } from "../support/guarded-nats.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { openLine } from "../support/line.ts";

const soon = { timeout: minutes(3), interval: 100 };

type Heard = {
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** All services as compose has them, and an integration that hears them over a line of its own. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startGuardedNats());
  const data = stack.use(await makeDataDirectory());
  const services = await Promise.all(
    all.map(async ({ name }) => {
      const environment = { NATS_URL: nats.urlOf(name), REBUILD_PUBLISHED: "false" };
      const kiln = await startKiln(data.path, environment, `services/${name}/service.ts`);
      return [name, stack.use(kiln)] as const;
    }),
  );
  const api = new Map<string, (typeof services)[number][1]>(services).get("api");
  if (!api) throw new Error("there is no api");
  const line = stack.use(await openLine(Number(new URL(nats.url).port)));
  const heard = stack.use(listen(api.url, `127.0.0.1:${line.port}`, nats.password("integration")));
  const resources = stack.move();
  return { nats, api, line, ...heard, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

const listen = (...parameters: readonly string[]) => {
  const script = fileURLToPath(new URL("../support/integration.ts", import.meta.url));
  const child = spawn(process.execPath, [script, "hear", ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const heard: Heard[] = [];
  createInterface(child.stdout).on("line", (line) => heard.push(JSON.parse(line)));
  const of = (pkgbase: string, subject: string) =>
    heard.find((it) => it.subject === subject && it.payload.pkgbase === pkgbase);
  return {
    heard,
    of,
    /** What was published about a package's build, in order: its log without its steps, and its output. */
    toldOf: (pkgbase: string) => {
      const build = of(pkgbase, "build.pending")?.payload.build;
      const outputs = heard.filter(({ subject }) => subject === `build.output.${build}`);
      return {
        log: heard
          .filter((it) => it.stream === "BUILD_LOG" && it.payload.build === build)
          .map(({ subject }) => subject)
          .filter((subject) => !subject.startsWith("build.step.")),
        indices: outputs.map(({ payload }) => payload.index),
        text: outputs.map(({ payload }) => payload.text).join(""),
      };
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
};

/** Prints before and after a moment in which it may be interrupted. */
const slow = (pkgname: string) =>
  pkgbuildOf(pkgname, [], "echo before the moment; sleep 6; echo after the moment");

test(
  "a plain client hears every event of a build in order, over a cut line and a server that was killed",
  async () => {
    await using it = await setup();
    const add = (pkgbase: string) =>
      it.api.post("/package/add", {
        replace: false,
        source: { type: "raw", pkgbuild: slow(pkgbase), devel: false },
      });
    const untilInTheMoment = (pkgbase: string) =>
      vi.waitFor(() => expect(it.toldOf(pkgbase).text).toContain("before the moment\n"), soon);

    await add("cut-off");
    await untilInTheMoment("cut-off");
    it.line.cut();
    await it.api.ends("cut-off");
    expect(it.toldOf("cut-off").log).toEqual(["build.pending", "build.started"]);
    it.line.mend();
    await add("restarted");
    await untilInTheMoment("restarted");
    await it.nats.restart();
    await it.api.ends("restarted");

    for (const pkgbase of ["cut-off", "restarted"]) {
      await vi.waitFor(() => {
        expect(it.toldOf(pkgbase).log).toContain("build.ended");
        expect(it.of(pkgbase, "repo.published")).toBeDefined();
      }, soon);
      const told = it.toldOf(pkgbase);
      expect(told.log).toEqual(["build.pending", "build.started", "build.finished", "build.ended"]);
      const outputs = Number(it.of(pkgbase, "build.finished")?.payload.outputs);
      expect(outputs).toBeGreaterThan(1);
      expect(told.indices).toEqual(Array.from({ length: outputs }, (_, index) => index));
      const log = await it.api.request(`/package/${pkgbase}/build/latest/logs`);
      expect(told.text).toBe(await log.json());
    }
    for (const [stream, heard] of Map.groupBy(it.heard, ({ stream }) => stream))
      expect(
        heard.map(({ seq }) => seq),
        stream,
      ).toEqual(heard.map((_, index) => index + 1));
    const document: AsyncApi = await (await it.api.request("/asyncapi.json")).json();
    const undescribed = it.heard.filter(
      ({ subject, payload }) =>
        !isDescribed(document, subject.replace(/^(build\.(?:output|step))\..*/, "$1"), payload),
    );
    expect(undescribed).toEqual([]);
  },
  minutes(8),
);

test("and it can say nothing", async () => {
  await using nats = await startGuardedNats();
  const subjects = [
    ...messages.map(({ subject }) => subject.replaceAll(/\{\w+\}/g, "x")),
    ...questions.map(({ subject }) => subject),
    ...["CREATE", "UPDATE", "DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE"].map(
      (act) => `$JS.API.STREAM.${act}.BUILD_LOG`,
    ),
    "$JS.API.CONSUMER.CREATE.BUILD_LOG",
    "$JS.API.CONSUMER.DURABLE.CREATE.BUILD_LOG.mine",
    "$JS.API.CONSUMER.DELETE.BUILD_LOG.scheduler-build-finished",
    "$JS.API.CONSUMER.MSG.NEXT.BUILD_REQUESTS.builder-build-requested-arch-build",
    "$JS.API.STREAM.MSG.GET.BUILD_REQUESTS",
    "$JS.ACK.BUILD_REQUESTS.builder-build-requested-arch-build.1.1.1.1.0",
    "_INBOX_scheduler.x",
    "_INBOX.x",
  ];
  const server = new URL(nats.url).host;

  const said = await runScript(
    "integration.ts",
    ...["say", server, nats.password("integration"), ...subjects],
  );

  expect(said.trim().split("\n")).toEqual(
    subjects.map((subject) => `-ERR 'Permissions Violation for Publish to "${subject}"'`),
  );
});
