import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { DockerAddress } from "#shared/docker-url.ts";
import { Fault } from "#shared/fault.ts";
import { answers, killContainers } from "./engine.ts";
import { type EnginePaths, enginePaths } from "./engine-paths.ts";
import { mountsUnder } from "./mounts.ts";
import { endProcess, isRunning, readPid, until } from "./processes.ts";
import { runProgram, type Say } from "./run-program.ts";

export type OwnEngine = AsyncDisposable & { readonly address: DockerAddress };

/**
 * A docker engine of ours for a machine without an init system: all it keeps lies in the data
 * directory. Whoever dies without disposing takes the engine along (PR_SET_PDEATHSIG); one that a
 * crash left behind is ended first; one whose owner lives is shared, and left running.
 */
export const startOwnEngine = async (
  dataDirectory: string,
  say: Say,
  signal?: AbortSignal,
): Promise<OwnEngine> => {
  const paths = enginePaths(dataDirectory, tmpdir());
  const address = { kind: "socket", path: paths.socket } as const;
  const owner = await readPid(paths.ownerFile);
  if (owner !== undefined && isRunning(owner) && (await answers(address)))
    return { address, [Symbol.asyncDispose]: async () => {} };

  await clearLeftovers(paths);
  say(`starting a docker engine in ${paths.directory}`);
  const pid = await spawnEngine(paths);
  const isUp = await until(() => answers(address), {
    milliseconds: 30_000,
    signal,
    while: () => isRunning(pid),
  });
  if (isUp) return { address, [Symbol.asyncDispose]: () => stopEngine(paths, pid) };

  await stopEngine(paths, pid);
  signal?.throwIfAborted();
  const log = (await readFile(paths.log, "utf8")).trimEnd().split("\n").slice(-5).join("\n");
  throw new Fault("unavailable", `dockerd did not start; the end of ${paths.log}:\n${log}`);
};

const spawnEngine = async (paths: EnginePaths) => {
  // The data directory above has other permissions: others reach the repository there.
  await mkdir(dirname(paths.directory), { recursive: true });
  for (const path of [paths.directory, paths.runtime])
    await mkdir(path, { recursive: true, mode: 0o700 });
  await mkdir(paths.execRoot, { recursive: true });
  await mkdir(paths.dataRoot, { recursive: true });
  await writeFile(paths.ownerFile, String(process.pid));
  await using log = await open(paths.log, "w");
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "TERM", "--", "dockerd"],
      ...["--host", `unix://${paths.socket}`],
      ...["--data-root", paths.dataRoot],
      ...["--exec-root", paths.execRoot],
      ...["--pidfile", paths.pidFile],
      ...["--shutdown-timeout", "1"],
    ],
    { detached: true, stdio: ["ignore", log.fd, log.fd] },
  );
  child.unref();
  if (child.pid === undefined) throw new Fault("unavailable", "setpriv (util-linux) cannot be run");
  return child.pid;
};

const stopEngine = async (paths: EnginePaths, pid: number) => {
  // dockerd would give each of them 10 s.
  await killContainers({ kind: "socket", path: paths.socket });
  await endProcess(pid, 3_000);
  await clearLeftovers(paths);
};

/** A killed engine leaves containerd and mounts behind, and its pid file may name a later process. */
const clearLeftovers = async (paths: EnginePaths) => {
  await killContainers({ kind: "socket", path: paths.socket });
  for (const [file, program] of [
    [paths.pidFile, "dockerd"],
    [paths.containerdPidFile, "containerd"],
  ] as const) {
    const pid = await readPid(file);
    if (pid !== undefined && isRunning(pid, program)) await endProcess(pid, 5_000);
    await rm(file, { force: true });
  }
  const mountInfo = await readFile("/proc/self/mountinfo", "utf8");
  for (const mount of mountsUnder(mountInfo, [paths.dataRoot, paths.execRoot]))
    await runProgram(["umount", "--lazy", "--", mount]);
  await rm(paths.socket, { force: true });
  await rm(paths.ownerFile, { force: true });
};
