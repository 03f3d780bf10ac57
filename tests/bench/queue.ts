import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { openBlobs } from "#shared/blobs/open.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { buildEnded } from "#shared/messages/build.ts";
import { messages } from "#shared/messages/index.ts";
import { Pkgbase, SourceId } from "#shared/model.ts";
import { hashOf } from "#shared/secret.ts";
import { openState } from "#shared/state/open.ts";
import { packages } from "#shared/state/packages.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import { tarOf } from "../support/archive.ts";
import { startNats } from "../support/nats.ts";
import { srcinfoOf } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";
import { silentLog } from "../support/world.ts";
import { secret } from "./kiln.ts";
import { ms, perSecond, processorTimeOf, report } from "./measure.ts";

// How much sooner a queue of trivial builds is done by 2 and by 4 builders than by one, from the order until the last
// is published. The containers are simulated: each does nothing for a while. Everything else is real: a nats-server,
// each builder and the other services in processes of their own, signatures, generations.
// Run by hand: bun tests/bench/queue.ts [builds] [milliseconds of a container]

const [count, milliseconds] = [Number(process.argv[2] ?? 200), process.argv[3] ?? "500"];

/** Packages as adds leave them. */
const fill = async (directory: string) => {
  await mkdir(directory);
  await writeFile(join(directory, "authorized_secrets"), `${await hashOf(secret)} bench\n`);
  await using state = await openState(`file:${join(directory, "state.db")}`);
  const blobs = await openBlobs(`file:${join(directory, "blobs")}`);
  const snapshot = await blobs.put(await tarOf([["PKGBUILD", "pkgname=any\n"]]));
  const names = Array.from({ length: count }, (_, at) => v.parse(Pkgbase, `queued-${at}`));
  const rows = names.map((pkgbase) => ({
    pkgbase,
    source: v.parse(SourceId, crypto.randomUUID()),
    specHash: `spec of ${pkgbase}`,
  }));
  await state.write(async (tx) => {
    await tx.insert(sources).values(
      rows.map(({ pkgbase, source, specHash }) => ({
        ...{
          id: source,
          specHash,
          commits: [],
          pkgbase,
          state: "one",
          srcinfo: srcinfoOf(pkgbase),
          changedAt: 0,
        },
        ...{ snapshotSha256: snapshot.sha256, snapshotBytes: snapshot.bytes, fetchedAt: 0 },
      })),
    );
    await tx.insert(sourceChecks).values(rows.map((row) => ({ ...row, checkedAt: 0 })));
    await tx.insert(packages).values(
      rows.map(({ pkgbase, specHash }) => ({
        spec: { type: "raw" as const, pkgbuild: snapshot, devel: false },
        ...{ pkgbase, specHash, addedAt: 0, enabled: true, clean: true, private: false, flags: [] },
        ...{ dependency: false, devel: false, srcinfoOverride: false },
      })),
    );
  });
  return names;
};

const startPart = async (part: string, environment: Readonly<Record<string, string>>) => {
  const script = join(import.meta.dirname, "queue-part.ts");
  const program = ["--pdeathsig", "KILL", "--", process.execPath, script, part, milliseconds];
  const child = spawn("setpriv", program, {
    env: { ...process.env, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const died = once(child, "exit").then(() => Promise.reject(new Error(`${part} ended`)));
  died.catch(() => undefined);
  const [said] = await Promise.race([once(child.stdout, "data"), died]);
  return {
    pid: child.pid ?? 0,
    url: String(said).trim(),
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
};

/** Milliseconds from the order of all until the last one is published. */
const run = async (builders: number) => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const directory = join(scratch.path, "data");
  const names = await fill(directory);
  const nats = stack.use(await startNats());
  const environment = {
    ...{ DATA_DIR: directory, NATS_URL: nats.url, SIGN_KEY_GENERATE: "true", BUILD_CLI: "false" },
    ...{ CONCURRENT_BUILDS: "1000", BUILDER_SLOTS: "1", SYNC_MIRROR: "http://127.0.0.1:1" },
  };
  const main = stack.use(await startPart("services", environment));
  const pids = [main.pid];
  for (let nth = 1; nth <= builders; nth++) {
    const own = { ...environment, BUILDER_NAME: `builder-${nth}` };
    pids.push(stack.use(await startPart("builder", own)).pid);
  }

  const bus = stack.use(await connectJetStream({ servers: nats.url, messages, log: silentLog }));
  const done = Promise.withResolvers<void>();
  let ended = 0;
  const following = await bus.follow(buildEnded, "now", ({ state, message }) => {
    if (state !== "success") done.reject(new Error(`a build is ${state}: ${message}`));
    ended += 1;
    if (ended === count) done.resolve();
  });
  stack.use(following);

  const before = await Promise.all(pids.map(processorTimeOf));
  const started = performance.now();
  const answer = await fetch(`${main.url}/build`, {
    method: "POST",
    headers: { authorization: secret, "content-type": "application/json" },
    body: JSON.stringify({ packages: names, clean: true, resolve: true, force: true }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  await done.promise;
  const time = performance.now() - started;
  const after = await Promise.all(pids.map(processorTimeOf));
  const used = after.map((it, at) => (it - (before[at] ?? 0)) / count);
  const [services = 0, ...each] = used;
  return { time, services, builders: each.reduce((sum, it) => sum + it, 0) };
};

const results = new Map<number, Awaited<ReturnType<typeof run>>>();
for (const builders of [1, 2, 4]) results.set(builders, await run(builders));
const alone = results.get(1)?.time ?? Number.NaN;
report(
  `A queue of ${count} trivial builds, containers simulated (${milliseconds} ms each), published and signed`,
  [...results].map(([builders, { time, ...used }]) => ({
    what: `${builders} builder${builders === 1 ? "" : "s"}, ${perSecond((count / time) * 1_000)}`,
    kiln: `${ms(time)}, ${(alone / time / builders).toFixed(2)} of linear`,
    beside: `processor time of a build: ${ms(used.builders)} builder, ${ms(used.services)} the other services`,
    wanted: "at least 0.9",
    reached: alone / time / builders >= 0.9,
  })),
);
