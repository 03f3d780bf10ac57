import { createHash } from "node:crypto";
import { join } from "node:path";

/** sun_path of unix(7) holds 108 bytes with its closing NUL. */
const longestSocketPath = 107;

/**
 * Where an engine of ours keeps its things: under the data directory, but for sockets where their
 * paths would get too long, which then lie in a directory under `temporary` that is named after it.
 */
export const enginePaths = (dataDirectory: string, temporary: string) => {
  const directory = join(dataDirectory, "docker");
  const digest = createHash("sha256").update(directory).digest("hex").slice(0, 12);
  const fits = socketsIn(directory).every((path) => Buffer.byteLength(path) <= longestSocketPath);
  const runtime = fits ? directory : join(temporary, `kiln-docker-${digest}`);
  return {
    directory,
    runtime,
    dataRoot: join(directory, "data"),
    log: join(directory, "dockerd.log"),
    pidFile: join(directory, "dockerd.pid"),
    /** The process that started the engine and will stop it. */
    ownerFile: join(directory, "owner.pid"),
    socket: join(runtime, "docker.sock"),
    execRoot: join(runtime, "exec"),
    containerdPidFile: join(runtime, "exec", "containerd", "containerd.pid"),
  };
};

export type EnginePaths = ReturnType<typeof enginePaths>;

const socketsIn = (runtime: string) => [
  join(runtime, "docker.sock"),
  join(runtime, "exec", "containerd", "containerd-debug.sock"),
  join(runtime, "exec", "containerd", "containerd.sock.ttrpc"),
];
