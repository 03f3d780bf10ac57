import { expect, test } from "vitest";
import {
  type Compared,
  type Finding,
  judge,
  judgeUnbuilt,
} from "../../../services/verifier/judge.ts";

const filename = "app-1-1-any.pkg.tar.zst";
const sha256 = "a".repeat(64);
const other = "b".repeat(64);

const compared = (finding: Finding, name = filename): Compared => ({
  filename: name,
  sha256,
  rebuiltSha256: finding.kind === "equal" ? sha256 : null,
  finding,
});

const equal: Finding = { kind: "equal" };

test("files that are all equal are GOOD, and there is nothing to say", () => {
  expect(judge([compared(equal), compared(equal, "docs-1-1-any.pkg.tar.zst")])).toEqual({
    status: "GOOD",
    message: null,
    artifacts: [
      { filename, rebuiltSha256: sha256, status: "GOOD" },
      { filename: "docs-1-1-any.pkg.tar.zst", rebuiltSha256: sha256, status: "GOOD" },
    ],
  });
});

test("nothing to compare proves nothing", () => {
  expect(judge([])).toEqual({ status: "BAD", message: null, artifacts: [] });
});

test.each<[string, Finding, string]>([
  ["differs", { kind: "differs", at: 4 }, "differs from byte 4 on"],
  ["was not made", { kind: "not-made" }, "was not made again"],
  [
    "was changed",
    { kind: "not-as-built", sha256: other },
    `is not as it was built: it hashes to ${other}, expected ${sha256}`,
  ],
  ["is gone", { kind: "not-as-built", sha256: undefined }, "is not there any more"],
])("one file that %s makes a BAD of the whole, and is named", (_what, finding, text) => {
  const docs = "docs-1-1-any.pkg.tar.zst";

  const verdict = judge([compared(equal, docs), compared(finding)]);

  expect([verdict.status, verdict.message]).toEqual(["BAD", `${filename} ${text}`]);
  expect(verdict.artifacts.map((it) => [it.filename, it.status])).toEqual([
    [docs, "GOOD"],
    [filename, "BAD"],
  ]);
});

test("a file that nobody compared is unknown, beside one that is not as it was built", () => {
  const docs = "docs-1-1-any.pkg.tar.zst";

  const { status, artifacts } = judge([
    compared({ kind: "unknown" }, docs),
    compared({ kind: "not-as-built", sha256: undefined }),
  ]);

  expect(status).toBe("BAD");
  expect(artifacts.map((it) => it.status)).toEqual(["UNKWN", "BAD"]);
});

test.each([
  [
    { kind: "failed", step: "build", exitCode: 4 },
    "BAD",
    "building failed with exit code 4: main.c:1:1: error: no",
  ],
  [
    { kind: "failed", step: "sources", exitCode: 1 },
    "FAIL",
    "fetching and checking sources failed with exit code 1: main.c:1:1: error: no",
  ],
  [
    { kind: "failed", step: "installed", exitCode: 1 },
    "FAIL",
    "installing exactly what was recorded failed with exit code 1: main.c:1:1: error: no",
  ],
  [
    { kind: "timed-out", step: "build", afterMs: 90_000 },
    "FAIL",
    "stopped while building: it took over the 90 seconds of BUILD_TIMEOUT; the last it printed: main.c:1:1: error: no",
  ],
  [
    { kind: "timed-out", step: "build", afterMs: 14_400_000 },
    "FAIL",
    "stopped while building: it took over the 4 hours of BUILD_TIMEOUT; the last it printed: main.c:1:1: error: no",
  ],
  [{ kind: "broken", step: "installed", message: "nobody has it" }, "FAIL", "nobody has it"],
] as const)("a rebuild that made nothing, %o, is %s", (outcome, status, message) => {
  const verdict = judgeUnbuilt(outcome, { line: 1, lines: ["main.c:1:1: error: no"] }, [filename]);

  const ofFile = status === "BAD" ? "BAD" : "UNKWN";
  expect(verdict).toEqual({
    status,
    message,
    artifacts: [{ filename, rebuiltSha256: null, status: ofFile }],
  });
});
