import type { Measurements } from "#shared/messages/facts.ts";
import type { Command } from "./docker/engine.ts";

/** What a container's control group counts, since it started. */
export type Usage = Measurements & {
  /** Processes that were killed because of the memory limit. */
  readonly killed: number;
  /** How often a new process was refused because of the limit on them. */
  readonly refused: number;
};

// Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
const script = `cd /sys/fs/cgroup
for file in memory.peak memory.events cpu.stat io.stat pids.events \\
  memory/memory.max_usage_in_bytes memory/memory.oom_control cpuacct/cpuacct.usage_user \\
  cpuacct/cpuacct.usage_sys blkio/blkio.throttle.io_service_bytes pids/pids.events
do [[ -r $file ]] && echo "# $file" && cat "$file"; done; true`;

export const usageCommand: Command = { user: "root", argv: ["bash", "-c", script] };

/** Reads what `usageCommand` printed, of either version of control groups. */
export const readUsage = (text: string): Usage => {
  const files = new Map(
    text.split(/^# /m).map((part): [string, string] => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
  const whole = (file: string) => numberIn(files.get(file), /^(\d+)$/m);
  const microseconds = (file: string) => {
    const nanoseconds = whole(file);
    return nanoseconds === null ? null : Math.round(nanoseconds / 1_000);
  };
  const counted = (file: string, name: string) =>
    numberIn(files.get(file), new RegExp(`^${name} (\\d+)$`, "m"));
  const transferred = (newer: RegExp, older: RegExp) =>
    sumIn(files.get("io.stat"), newer) ??
    sumIn(files.get("blkio/blkio.throttle.io_service_bytes"), older);

  return {
    memoryPeak: whole("memory.peak") ?? whole("memory/memory.max_usage_in_bytes"),
    cpuUser: counted("cpu.stat", "user_usec") ?? microseconds("cpuacct/cpuacct.usage_user"),
    cpuSystem: counted("cpu.stat", "system_usec") ?? microseconds("cpuacct/cpuacct.usage_sys"),
    ioRead: transferred(/\brbytes=(\d+)/g, /\bRead (\d+)/g),
    ioWritten: transferred(/\bwbytes=(\d+)/g, /\bWrite (\d+)/g),
    killed:
      counted("memory.events", "oom_kill") ?? counted("memory/memory.oom_control", "oom_kill") ?? 0,
    refused: counted("pids.events", "max") ?? counted("pids/pids.events", "max") ?? 0,
  };
};

/** What was used between two looks; the peak is that of the second. */
export const spent = (before: Usage, after: Usage): Measurements => {
  const difference = (name: "cpuUser" | "cpuSystem" | "ioRead" | "ioWritten") => {
    const [from, to] = [before[name], after[name]];
    return from === null || to === null ? null : Math.max(0, to - from);
  };
  return {
    memoryPeak: after.memoryPeak,
    cpuUser: difference("cpuUser"),
    cpuSystem: difference("cpuSystem"),
    ioRead: difference("ioRead"),
    ioWritten: difference("ioWritten"),
  };
};

const numberIn = (text: string | undefined, pattern: RegExp) => {
  const found = text === undefined ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
};

const sumIn = (text: string | undefined, pattern: RegExp) =>
  text === undefined
    ? null
    : [...text.matchAll(pattern)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
