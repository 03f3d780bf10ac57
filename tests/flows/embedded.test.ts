import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { startEmbeddedNats } from "#shared/bus/embedded.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { Fault } from "#shared/fault.ts";
import { factSaid } from "../support/jobs.ts";
import { programs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { silentLog as log } from "../support/world.ts";

const soon = { timeout: 15_000, interval: 20 };
const host = fileURLToPath(new URL("../support/embedded-host.ts", import.meta.url));

/** The nats-servers that have this directory. */
const serversOn = async (directory: string) => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return command.includes(`${directory}/nats-server.conf`) ? [pid] : [];
    }),
  );
  return found.flat();
};

const startHost = async (directory: string) => {
  const child = spawn(process.execPath, [host, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(createInterface({ input: child.stdout }), "line");
  return {
    url: String(url),
    async kill() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
};

test("it keeps strangers out, and stops without a trace", async () => {
  await using directory = await makeScratch();
  const nats = await startEmbeddedNats({ directory: directory.path, log, environment: programs });

  const bus = await connectJetStream({ servers: nats.url, messages: [factSaid], log });
  await bus.publish(factSaid, { about: "x", n: 1 });
  const { host: address } = new URL(nats.url);
  await expect(
    connectJetStream({ servers: `nats://${address}`, messages: [], log }),
  ).rejects.toThrow(Fault);
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();

  expect(await serversOn(directory.path)).toEqual([]);
  expect((await stat(join(directory.path, "token"))).mode & 0o077).toBe(0);
});

test("it comes back on its port, with what it had, when it dies by itself", async () => {
  await using directory = await makeScratch();
  await using nats = await startEmbeddedNats({
    directory: directory.path,
    log,
    environment: programs,
  });
  await using bus = await connectJetStream({ servers: nats.url, messages: [factSaid], log });
  const seen: number[] = [];
  await bus.publish(factSaid, { about: "x", n: 1 });
  const [pid = 0] = await serversOn(directory.path);

  process.kill(pid, "SIGKILL");
  await bus.publish(factSaid, { about: "x", n: 2 });

  await using _ = await bus.follow(factSaid, "start", ({ n }) => seen.push(n));
  await vi.waitFor(() => expect(seen).toEqual([1, 2]), soon);
  expect(await serversOn(directory.path)).not.toContain(pid);
});

test("a host killed with SIGKILL leaves no nats-server, and the next one starts at once", async () => {
  await using directory = await makeScratch();
  const killed = await startHost(directory.path);
  expect(await serversOn(directory.path)).toHaveLength(1);

  await killed.kill();
  await using nats = await startEmbeddedNats({
    directory: directory.path,
    log,
    environment: programs,
  });

  expect(await serversOn(directory.path)).toHaveLength(1);
  await using bus = await connectJetStream({ servers: nats.url, messages: [], log });
  await bus.ping();
});

test("SIGINT to everything in the terminal's group does not reach it", async () => {
  await using directory = await makeScratch();
  await using nats = await startEmbeddedNats({
    directory: directory.path,
    log,
    environment: programs,
  });
  const [pid = 0] = await serversOn(directory.path);
  const groupOf = async (path: string) =>
    (await readFile(path, "utf8")).split(") ")[1]?.split(" ")[2];

  expect(nats.url).toContain("127.0.0.1");
  expect(await groupOf(`/proc/${pid}/stat`)).not.toBe(await groupOf("/proc/self/stat"));
});

test("a second kiln on the same directory is refused, and the first one is not disturbed", async () => {
  await using directory = await makeScratch();
  await using nats = await startEmbeddedNats({
    directory: directory.path,
    log,
    environment: programs,
  });

  await expect(
    startEmbeddedNats({ directory: directory.path, log, environment: programs }),
  ).rejects.toEqual(
    new Fault(
      "conflict",
      `another kiln is running on ${directory.path}: stop it, or set DATA_DIR to another directory`,
    ),
  );

  await using bus = await connectJetStream({ servers: nats.url, messages: [], log });
  await bus.ping();
});

test("a missing nats-server is named, with what to install", async () => {
  await using directory = await makeScratch();
  const program = "nats-server-that-is-not-there";

  await expect(
    startEmbeddedNats({ directory: directory.path, log, program, environment: programs }),
  ).rejects.toEqual(
    new Fault(
      "unavailable",
      `${program} is not installed: install the package nats-server, or set NATS_URL`,
    ),
  );
});
