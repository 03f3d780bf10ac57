import type Docker from "dockerode";
import type { ContainerSpec } from "./engine.ts";

/** The label every container of a builder has. */
export const labelOfAll = "kiln.builder";

/** What pacman needs to install packages (runner/README.md). */
const capabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "SETUID",
  "SETGID",
  "SETFCAP",
  "SYS_CHROOT",
];

/** Idles until its standard input ends or its seconds are over, and reaps orphans, as bash does. */
const idle = `trap 'exit 0' TERM; timeout "$1" cat <&0 >/dev/null & wait $!`;

/**
 * Standard input is the lease: the engine closes it when the connection of who attached to it ends, be it by
 * `kill -9`; then the container ends, and the engine removes it. `network`: the name of one; undefined: the engine's own.
 */
export const createOptions = (
  spec: ContainerSpec,
  network: string | undefined,
): Docker.ContainerCreateOptions => ({
  Image: spec.image,
  // The same in each, as a program may write it into what it builds.
  Hostname: "kiln",
  Entrypoint: ["bash", "-c", idle, "--", String(Math.ceil(spec.lifetime / 1_000))],
  Cmd: [],
  User: "root",
  WorkingDir: "/build/source",
  OpenStdin: true,
  StdinOnce: true,
  AttachStdin: true,
  Labels: { ...spec.labels },
  HostConfig: {
    AutoRemove: true,
    CapDrop: ["ALL"],
    CapAdd: capabilities,
    SecurityOpt: ["no-new-privileges"],
    Memory: spec.memory,
    // As much as Memory: no swap.
    MemorySwap: spec.memory,
    NanoCpus: Math.round(spec.cpus * 1e9),
    // Of /dev/shm: half of the memory, as Linux's tmpfs has it. Its pages count against the memory.
    ShmSize: Math.floor(spec.memory / 2),
    PidsLimit: spec.processes,
    LogConfig: { Type: "none", Config: {} },
    ...(network !== undefined && { NetworkMode: network }),
  },
});
