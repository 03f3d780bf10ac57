import * as v from "valibot";
import { expect, test } from "vitest";
import { rebuildRequested } from "#shared/messages/rebuild.ts";
import { BuilderName, BuildId, Pkgbase, RebuildId } from "#shared/model.ts";
import { judge } from "../../../services/verifier/judge.ts";
import {
  type RebuildEvent,
  type RebuildState,
  stepRebuild,
} from "../../../services/verifier/rebuild-life.ts";

const id = v.parse(RebuildId, "00000000-0000-4000-8000-000000000001");
const build = v.parse(BuildId, "00000000-0000-4000-8000-000000000002");
const builder = v.parse(BuilderName, "host-b");
const pkgbase = v.parse(Pkgbase, "app");
const blob = { sha256: "b".repeat(64), bytes: 3 };
const filename = "app-1-1-any.pkg.tar.zst";
const request = v.parse(rebuildRequested.schema, {
  rebuild: id,
  arch: "x86_64",
  pkgbase,
  source: blob,
  buildinfo: blob,
  sourceDateEpoch: 0,
  extension: ".pkg.tar.zst",
  own: [],
  hasSources: false,
  flags: [],
  prepare: null,
  builtBy: null,
});

const verdict = judge([
  { filename, sha256: blob.sha256, rebuiltSha256: blob.sha256, finding: { kind: "equal" } },
]);

const inState = (state: RebuildState) => ({
  id,
  pkgbase,
  arch: "x86_64",
  build,
  status: state === "ended" ? ("GOOD" as const) : null,
  request: state === "waiting" ? null : JSON.stringify(request),
  artifacts: [{ filename, status: "UNKWN" as const }],
});

const report = {
  builder,
  startedAt: 5,
  log: blob,
  lines: 3,
  excerpt: null,
  clock: blob,
  steps: [{ step: "build" as const, startedAt: 5, endedAt: 6, exitCode: 0, line: 2 }],
};

const events: Readonly<Record<RebuildEvent["kind"], RebuildEvent>> = {
  pinned: { kind: "pinned", request },
  judged: { kind: "judged", verdict },
  claimed: { kind: "claimed", builder },
  finished: { kind: "finished", report, verdict },
  "given-up": { kind: "given-up", message: "no" },
  overdue: { kind: "overdue" },
};

const shown = (state: RebuildState, event: RebuildEvent) => {
  const { to, publications } = stepRebuild(inState(state), event, 9);
  const changed = to ? Object.keys(to).sort().join(",") : "-";
  return [changed, ...publications.map(({ message }) => message.subject)].join(" ");
};

test("each event makes of each state what the table of lives says", () => {
  const kinds = Object.values(events);

  const table = (["waiting", "requested", "ended"] as const).map((state) => [
    state,
    kinds.map((event) => shown(state, event)),
  ]);

  const requested = "rebuild.requested.{arch}.{rebuild}";
  const end = "endedAt,message,status rebuild.ended";
  const finished = `builder,clockSha256,endedAt,excerpt,logBytes,logLines,logSha256,message,startedAt,status,steps rebuild.ended`;
  expect(table).toEqual([
    ["waiting", [`request ${requested}`, end, "-", finished, end, "-"]],
    ["requested", ["-", "-", "builder,startedAt", finished, end, `- ${requested}`]],
    ["ended", ["-", "-", "-", "-", "-", "-"]],
  ]);
});

test("the verdict names each package, as it was found or as it was before", () => {
  const good = stepRebuild(inState("requested"), events.finished, 9);
  const failed = stepRebuild(inState("requested"), events["given-up"], 9);

  const artifacts = [good, failed].map(({ publications: [ended] }) =>
    Reflect.get(Object(ended?.payload), "artifacts"),
  );
  expect(artifacts).toEqual([[{ filename, status: "GOOD" }], [{ filename, status: "UNKWN" }]]);
});

test("a request that is no JSON any more throws where it is asked for again, and can be given up", () => {
  const damaged = { ...inState("requested"), request: "{" };

  expect(() => stepRebuild(damaged, events.overdue, 9)).toThrow(SyntaxError);
  expect(stepRebuild(damaged, events["given-up"], 9).to?.status).toBe("FAIL");
});
