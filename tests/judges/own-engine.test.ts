import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { answers } from "../../cli/setup/engine.ts";
import { startOwnEngine } from "../../cli/setup/own-engine.ts";
import { isRunning, readPid } from "../../cli/setup/processes.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = async () => {
  const scratch = await makeScratch();
  const pids = async () => [
    await readPid(`${scratch.path}/docker/dockerd.pid`),
    await readPid(`${scratch.path}/docker/exec/containerd/containerd.pid`),
  ];
  return { ...scratch, pids, start: () => startOwnEngine(scratch.path, () => {}) };
};

const runningOf = (pids: readonly (number | undefined)[]) =>
  pids.filter((pid) => pid !== undefined && isRunning(pid));

test("an engine of ours answers, and leaves no process when disposed", async () => {
  await using world = await setup();
  const engine = await world.start();
  const isUp = await answers(engine.address);
  const pids = await world.pids();
  const running = runningOf(pids);

  await engine[Symbol.asyncDispose]();

  expect(isUp).toBe(true);
  expect(running).toHaveLength(2);
  expect(runningOf(pids)).toEqual([]);
}, 60_000);

test("while its owner lives it is shared, and who shares it leaves it running", async () => {
  await using world = await setup();
  await using engine = await world.start();

  const shared = await world.start();
  await shared[Symbol.asyncDispose]();

  expect(shared.address).toEqual(engine.address);
  expect(await answers(engine.address)).toBe(true);
}, 60_000);

test("it starts again over what a killed one left", async () => {
  await using world = await setup();
  const killed = await world.start();
  const [dockerd = 0] = await world.pids();
  process.kill(dockerd, "SIGKILL");
  await vi.waitFor(() => expect(isRunning(dockerd)).toBe(false), { timeout: 15_000 });

  await using engine = await world.start();

  expect(await answers(engine.address)).toBe(true);
  expect(await readFile(`${world.path}/docker/dockerd.pid`, "utf8")).not.toBe(`${dockerd}`);
  expect(killed.address).toEqual(engine.address);
}, 60_000);
