import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFailed, test } from "vitest";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { ensureStreams } from "#shared/bus/streams.ts";
import { orderBuilds } from "#shared/messages/build.ts";
import { messages } from "#shared/messages/index.ts";
import { jsonLog } from "#shared/service/log.ts";
import { minutes } from "#shared/time.ts";
import { startGuardedNats } from "../support/guarded-nats.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";

const violations = (log: readonly string[]) => log.filter((line) => line.includes("Violation"));

test(
  "each service needs no more than its own user may do, from a package's add to its installation",
  async () => {
    await using stack = new AsyncDisposableStack();
    const nats = stack.use(await startGuardedNats());
    onTestFailed(() => console.error(violations(nats.log)));
    const data = stack.use(await makeDataDirectory());
    const start = async (name: string) => {
      const environment = { NATS_URL: nats.urlOf(name) };
      return stack.use(await startKiln(data.path, environment, `services/${name}/service.ts`));
    };
    // It makes the streams.
    await start("scheduler");
    const [api, repo] = await Promise.all([
      start("api"),
      start("repo"),
      ...["builder", "resolver", "signer", "verifier"].map(start),
    ]);

    const added = await api.post("/package/add", {
      replace: false,
      source: { type: "raw", pkgbuild: pkgbuildOf("guarded"), devel: false },
    });

    expect(added.status).toBe(200);
    expect(await api.ends("guarded")).toEqual({ guarded: { state: "success" } });
    const installed = await installSigned(repo.url, ["guarded"], api.url);
    expect(installed).toEqual(["guarded"]);
    expect((await api.post("/storage/sweep", { dry_run: true })).status).toBe(200);
    const sweeps = async () => (await (await api.request("/storage")).json()).sweeps;
    await expect
      .poll(sweeps, { timeout: 60_000 })
      .toMatchObject([{ dry_run: true, ended: expect.any(String), obstacle: null }]);
    expect((await api.request("/package/guarded", { method: "DELETE" })).status).toBe(200);
    expect(violations(nats.log)).toEqual([]);
  },
  minutes(4),
);

/** A client as `user`, and what the server refuses it. */
const connectAs = async (nats: Awaited<ReturnType<typeof startGuardedNats>>, user: string) => {
  const connection = await connect({
    servers: nats.url,
    user,
    pass: nats.password(user),
    inboxPrefix: user === "integration" ? "_INBOX" : `_INBOX_${user}`,
  });
  const refused: string[] = [];
  const watch = async () => {
    for await (const status of connection.status())
      if (status.type === "error") refused.push(status.error.message);
  };
  void watch();
  return { connection, refused, [Symbol.asyncDispose]: () => connection.close() };
};

test.each([
  ["builder", "publish.requested.1"],
  ["builder", "build.ended"],
  ["builder", "sign"],
  ["builder", "$JS.API.STREAM.CREATE.BUILD_OUTPUT"],
  ["builder", "$JS.API.STREAM.UPDATE.BUILD_LOG"],
  ["builder", "$JS.API.STREAM.DELETE.BUILD_LOG"],
  ["builder", "$JS.API.CONSUMER.CREATE.REPO_LOG.x.repo.published"],
  ["builder", "$JS.API.CONSUMER.CREATE.BUILD_LOG.scheduler-build-finished.build.ended"],
  ["builder", "$JS.API.CONSUMER.MSG.NEXT.BUILD_LOG.scheduler-build-finished"],
  ["api", "sign"],
  ["api", "$JS.API.STREAM.UPDATE.PACKAGE_LOG"],
  ["api", "build.requested.x86_64.1"],
  ["api", "repo.published"],
  ["repo", "build.finished"],
  ["scheduler", "sign"],
  ["resolver", "sign"],
  ["signer", "repo.published"],
  ["integration", "build.ended"],
  ["integration", "package.removed"],
  ["integration", "sign"],
  ["integration", "build.order"],
  ["integration", "$JS.API.CONSUMER.CREATE.BUILD_LOG.x.build.ended"],
  ["integration", "$JS.API.STREAM.PURGE.BUILD_LOG"],
  ["integration", "$JS.API.STREAM.MSG.GET.BUILD_REQUESTS"],
  ["integration", "_INBOX_api.x"],
])("%s may not say %s", async (user, subject) => {
  await using nats = await startGuardedNats();
  await using client = await connectAs(nats, user);

  client.connection.publish(subject, "{}");
  await client.connection.flush();

  await expect
    .poll(() => client.refused, { timeout: minutes(1) })
    .toEqual([`Permissions Violation for Publish to "${subject}"`]);
});

test.each([
  ["builder", "_INBOX_signer.>"],
  ["builder", "publish.requested.*"],
  ["builder", "build.requested.*.*"],
  ["builder", "sign"],
  ["api", "srcinfo.generate"],
  ["resolver", "_INBOX_api.>"],
  ["integration", "_INBOX_api.>"],
  ["integration", "sign"],
  ["integration", "build.requested.*.*"],
  ["integration", ">"],
])("%s may not hear %s", async (user, subject) => {
  await using nats = await startGuardedNats();
  await using client = await connectAs(nats, user);

  client.connection.subscribe(subject, { callback: () => {} });
  await client.connection.flush();

  await expect
    .poll(() => client.refused, { timeout: minutes(1) })
    .toEqual([`Permissions Violation for Subscription to "${subject}"`]);
});

test("what an integration has answered to a subject of its choice comes to nobody of kiln's", async () => {
  await using nats = await startGuardedNats();
  await using scheduler = await connectAs(nats, "scheduler");
  const manager = await jetstreamManager(scheduler.connection);
  await ensureStreams(manager, messages);
  await using client = await connectAs(nats, "integration");
  const subject = "$JS.API.STREAM.INFO.PACKAGE_LOG";

  client.connection.publish(subject, "", { reply: "package.removed" });
  const answered = await client.connection.request(subject);

  expect(answered.json()).toMatchObject({ state: { messages: 0 } });
  const kept = await manager.streams.info("PACKAGE_LOG");
  expect(kept.state.messages).toBe(0);
});

test("nobody is answered on a subject that only the answerer may say something on", async () => {
  await using nats = await startGuardedNats();
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  const servers = nats.urlOf("scheduler");
  await using bus = await connectJetStream({ servers, messages, log });
  await using _ = await bus.answer("scheduler", orderBuilds, async () => {
    throw new Error("nothing was asked for");
  });
  await using scheduler = await connectAs(nats, "scheduler");
  const manager = await jetstreamManager(scheduler.connection);
  scheduler.connection.publish("build.ended", "{}");
  await scheduler.connection.flush();
  await using client = await connectAs(nats, "api");

  client.connection.publish("build.order", "{}", { reply: "$JS.API.STREAM.PURGE.BUILD_LOG" });
  const answered = await client.connection.request("build.order", "{}");

  expect(answered.json()).toMatchObject({ fault: "invalid" });
  expect((await manager.streams.info("BUILD_LOG")).state.messages).toBe(1);
  expect(lines.join("")).toContain("$JS.API.STREAM.PURGE.BUILD_LOG");
});

test("who may say something to itself gets no leave by it to say anything else", async () => {
  await using nats = await startGuardedNats();
  await using scheduler = await connectAs(nats, "scheduler");
  const manager = await jetstreamManager(scheduler.connection);
  await ensureStreams(manager, messages);
  await using client = await connectAs(nats, "builder");
  const subject = "$JS.API.STREAM.DELETE.BUILD_LOG";
  const heard = Promise.withResolvers<void>();
  client.connection.subscribe("in-work.BUILD_REQUESTS.>", { callback: () => heard.resolve() });
  client.connection.publish("in-work.BUILD_REQUESTS.1", "", { reply: subject });
  await heard.promise;

  client.connection.publish(subject);
  await client.connection.flush();

  await expect
    .poll(() => client.refused, { timeout: minutes(1) })
    .toEqual([`Permissions Violation for Publish to "${subject}"`]);
  expect((await manager.streams.info("BUILD_LOG")).config.name).toBe("BUILD_LOG");
});
