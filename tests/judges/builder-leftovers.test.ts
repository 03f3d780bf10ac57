import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, inject, test, vi } from "vitest";
import { readIdentity } from "../../services/builder/identity.ts";
import { formatIdentity } from "../../services/builder/left-over.ts";
import { builder } from "../../services/builder/service.ts";
import { startBuilder } from "../support/builder.ts";
import { containersWith, engineCommand, engineEnvironment } from "../support/engine.ts";

/** A container with labels, as a builder that died left it. */
const leave = async (command: "create" | "run", labels: Readonly<Record<string, string>>) => {
  const id = await engineCommand(
    ...[command, ...(command === "run" ? ["--detach"] : [])],
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    inject("runnerImage"),
  );
  const exists = async () => (await engineCommand("ps", "-aq", "--no-trunc")).includes(id);
  const remove = async () => {
    if (await exists()) await engineCommand("rm", "--force", id);
  };
  return { id, exists, [Symbol.asyncDispose]: remove };
};

test("the container of a builder that is killed goes with it", async () => {
  const label = randomUUID();
  const program = new URL("../support/hold-container.ts", import.meta.url).pathname;
  const holder = spawn(
    process.execPath,
    [program, inject("dockerUrl"), inject("runnerImage"), label],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  expect(await containersWith(`kiln.builder=${label}`)).toHaveLength(1);

  holder.kill("SIGKILL");

  await vi.waitFor(async () => expect(await containersWith(`kiln.builder=${label}`)).toEqual([]), {
    timeout: 15_000,
  });
}, 120_000);

test("a builder removes at its start what a dead one of its place left, and nothing of others", async () => {
  const me = await readIdentity(randomUUID);
  const label = (pid: number, place = me.place) => formatIdentity({ place, pid, id: randomUUID() });
  const none = 4_194_304; // Over the largest process id there can be; proc(5), pid_max.
  await using started = await leave("run", { "kiln.builder": label(none) });
  await using created = await leave("create", { "kiln.builder": label(none) });
  await using previous = await leave("run", { "kiln.builder": label(me.pid) });
  await using living = await leave("run", { "kiln.builder": label(process.ppid) });
  await using elsewhere = await leave("run", { "kiln.builder": label(none, "another:1") });
  await using stranger = await leave("run", { "some.label": "1" });
  const all = [started, created, previous, living, elsewhere, stranger];

  await using _ = await startBuilder(engineEnvironment(), builder);

  await vi.waitFor(
    async () =>
      expect(await Promise.all(all.map(({ exists }) => exists()))).toEqual([
        ...[false, false, false],
        ...[true, true, true],
      ]),
    { timeout: 15_000 },
  );
}, 120_000);
