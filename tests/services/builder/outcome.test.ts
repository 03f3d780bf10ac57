import { expect, test } from "vitest";
import { describe as describeOutcome, failed } from "../../../services/builder/outcome.ts";

const limits = { memory: 512 * 1024 ** 2, processes: 64 };

test.each([
  ["nothing", undefined, { kind: "failed", step: "build", exitCode: 4 }],
  ["no limit", { killed: 0, refused: 0 }, { kind: "failed", step: "build", exitCode: 4 }],
  [
    "its memory",
    { killed: 1, refused: 9 },
    {
      kind: "broken",
      step: "build",
      message: "the build ran out of memory while building: it may use 512 MiB (RUNNER_MEMORY)",
    },
  ],
  [
    "its processes",
    { killed: 0, refused: 9 },
    {
      kind: "broken",
      step: "build",
      message: "the build ran out of processes while building: it may have 64 (RUNNER_PIDS)",
    },
  ],
])("a step that failed and ran into %s says so", (_what, usage, outcome) => {
  expect(failed("build", 4, usage, limits)).toEqual(outcome);
});

test.each([
  [
    { kind: "failed", step: "sources", exitCode: 1 },
    "fetching and checking sources failed with exit code 1: a.tar.gz ... FAILED",
  ],
  [
    { kind: "timed-out", step: "build", afterMs: 6_000 },
    "stopped while building: it took over the 6 seconds of BUILD_TIMEOUT; the last it printed: a.tar.gz ... FAILED",
  ],
  [{ kind: "broken", step: "container", message: "no image" }, "no image"],
] as const)("a log ends with what became of the build: %j", (outcome, text) => {
  expect(describeOutcome(outcome, { line: 1, lines: ["a.tar.gz ... FAILED"] })).toBe(text);
});
