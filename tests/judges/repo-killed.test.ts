import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { desc } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { builds } from "#shared/state/builds.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { openView } from "../../services/repo/view.ts";
import { startRepo } from "../support/repo.ts";
import { makeScratch } from "../support/scratch.ts";
import { makeSignedPacman } from "../support/signed-pacman.ts";
import { makeWorld } from "../support/world.ts";

const program = fileURLToPath(new URL("../support/publish-process.ts", import.meta.url));

/** Lets a process publish from `first` on and kills it a while after it began a number; gives that number. */
const publishAndKill = async (directory: string, first: number, milliseconds: number) => {
  const child: ChildProcess = spawn(process.execPath, [program, directory, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await vi.waitFor(() => expect(said).toContain("begins"), { timeout: 20_000 });
  await after(milliseconds);
  child.kill("SIGKILL");
  await once(child, "exit");
  return Number(/begins (\d+)\n(ended \d+\n)?$/.exec(said)?.[1]);
};

/** Names of everything that a database promises; each is read to its last byte. */
const readEverything = async (directory: string) => {
  await using world = await makeWorld(directory);
  const { files } = await openView(world.state, "serene")();
  const names: string[] = [];
  for (const { content } of files.values())
    if (content.kind === "blob") await world.blobs.bytes(content.sha256);
  for (const database of ["serene.db", "serene.files"]) {
    const content = files.get(database)?.content;
    if (content?.kind !== "blob") throw new Error(`no ${database}`);
    for await (const { desc: entry } of readDatabase(await world.blobs.read(content.sha256))) {
      const served = files.get(entry.filename)?.content;
      if (served?.kind !== "blob" || served.sha256 !== entry.sha256sum)
        throw new Error(`${entry.filename} is not what ${database} promises`);
      names.push(entry.name);
    }
  }
  return names;
};

/** Numbers that look random and are the same in each run. */
const seeded = (seed: number) => () => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};

test("a repository whose publisher is killed at any moment stays whole, signed, and goes on", async () => {
  await using scratch = await makeScratch();
  const random = seeded(20_261_121);
  let number = 0;

  for (let round = 0; round < 12; round++) {
    const killed = await publishAndKill(scratch.path, number, Math.floor(random() * 300));
    number = killed + 1;
    const promised = await readEverything(scratch.path);

    await using it = await startRepo({}, { at: Date.now(), directory: scratch.path, alone: true });
    const [last] = await it.world.state.read
      .select()
      .from(builds)
      .orderBy(desc(builds.orderedAt))
      .limit(1);
    if (last) await it.world.publish(publishRequested, { build: last.id });
    const [key] = await it.world.state.read.select().from(signingKeys);
    await using user = await makeSignedPacman(
      "serene",
      `file://${it.directory}`,
      key?.publicKey ?? "",
    );
    await user.pacman("-Syy");
    const listed = await user.pacman("-Sl", "serene");
    await user.pacman(
      "-Sw",
      ...listed
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[1] ?? ""),
    );

    expect(promised.length % 4).toBe(0);
    // Once more where the killed process had committed the message and not sent it.
    const published = it.world.bus.sent(repoPublished).map(({ build }) => build);
    expect([...new Set(published)]).toEqual([last?.id]);
    expect(listed).toContain(last?.pkgbase);
  }
}, 180_000);
