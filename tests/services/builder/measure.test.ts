import { expect, test } from "vitest";
import { readUsage, spent } from "../../../services/builder/measure.ts";

const newer = `# memory.peak
7409664
# memory.events
low 0
max 12
oom 2
oom_kill 1
oom_group_kill 0
# cpu.stat
usage_usec 300
user_usec 200
system_usec 100
# io.stat
8:0 rbytes=10 wbytes=20 rios=1 wios=2
8:16 rbytes=5 wbytes=1 rios=1 wios=2
# pids.events
max 3
`;

const older = `# memory/memory.max_usage_in_bytes
7409664
# memory/memory.oom_control
oom_kill_disable 0
under_oom 0
oom_kill 1
# cpuacct/cpuacct.usage_user
200400
# cpuacct/cpuacct.usage_sys
100400
# blkio/blkio.throttle.io_service_bytes
8:0 Read 10
8:0 Write 21
8:0 Total 31
8:16 Read 5
8:16 Write 0
Total 36
# pids/pids.events
max 3
`;

test.each([
  ["version 2", newer],
  ["version 1", older],
])("control groups of %s are read", (_version, text) => {
  expect(readUsage(text)).toEqual({
    memoryPeak: 7_409_664,
    cpuUser: 200,
    cpuSystem: 100,
    ioRead: 15,
    ioWritten: 21,
    killed: 1,
    refused: 3,
  });
});

test("what the host does not tell is not made up", () => {
  const nothing = {
    memoryPeak: null,
    cpuUser: null,
    cpuSystem: null,
    ioRead: null,
    ioWritten: null,
  };

  expect(readUsage("")).toEqual({ ...nothing, killed: 0, refused: 0 });
  expect(spent(readUsage(""), readUsage(newer))).toEqual({ ...nothing, memoryPeak: 7_409_664 });
});

test("what a step spent is the difference, never below nothing", () => {
  const [before, after] = [readUsage(older), readUsage(newer)];

  expect(spent({ ...before, cpuUser: 50, ioRead: 99 }, after)).toEqual({
    memoryPeak: 7_409_664,
    cpuUser: 150,
    cpuSystem: 0,
    ioRead: 0,
    ioWritten: 0,
  });
});
