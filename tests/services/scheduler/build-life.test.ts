import * as v from "valibot";
import { expect, test } from "vitest";
import { buildFinished, buildRequested } from "#shared/messages/build.ts";
import { publishRequested } from "#shared/messages/repo.ts";
import { BuilderName, BuildId, Pkgbase, SessionId } from "#shared/model.ts";
import {
  type BuildEvent,
  type BuildState,
  stepBuild,
} from "../../../services/scheduler/build-life.ts";
import { blob, built, facts } from "../../support/scheduler.ts";

const id = v.parse(BuildId, "00000000-0000-4000-8000-000000000001");
const builder = v.parse(BuilderName, "host-a");
const request = v.parse(buildRequested.schema, {
  build: id,
  arch: "x86_64",
  pkgbase: "app",
  source: blob,
  srcinfo: null,
  version: "1-1",
  devel: false,
  pkgnames: ["app"],
  dependencies: [],
  hasSources: false,
  flags: [],
  prepare: null,
  sourceDateEpoch: 0,
  repository: null,
});

const report = (outcome: unknown) =>
  v.parse(buildFinished.schema, {
    build: id,
    pkgbase: "app",
    arch: "x86_64",
    at: 8,
    builder,
    outcome,
    log: blob,
    outputs: 1,
    measurements: null,
    startedAt: 5,
    ...facts,
  });

const inState = (state: BuildState) => ({
  id,
  session: v.parse(SessionId, "00000000-0000-4000-8000-000000000000"),
  pkgbase: v.parse(Pkgbase, "app"),
  arch: "x86_64",
  state,
  startedAt: state === "running" ? 4 : null,
  pkgrel: null,
  request: JSON.stringify(request),
});

const events: Readonly<Record<BuildEvent["kind"], BuildEvent>> = {
  planned: { kind: "planned", needs: [], source: null },
  unneeded: { kind: "unneeded" },
  unlooked: { kind: "unlooked", message: "cannot ask the AUR" },
  pinned: { kind: "pinned", request, sourceState: "one" },
  claimed: { kind: "claimed", builder, pkgrel: null },
  finished: { kind: "finished", report: report(built) },
  published: { kind: "published", message: null, version: "1-1" },
  refused: { kind: "refused", message: "no", pkgrel: null, again: null },
  cancelled: { kind: "cancelled", message: "no" },
  "given-up": { kind: "given-up", message: "no" },
  overdue: { kind: "overdue" },
};

const states = [
  "pending",
  "requested",
  "running",
  "publishing",
  "success",
  "failure",
  "fatal",
  "cancelled",
] as const;

/** The next state, `-` where the event changes nothing, and the subjects of what is published. */
const shown = (state: BuildState, event: BuildEvent) => {
  const { to, forget, publications } = stepBuild(inState(state), event, 9);
  const next = forget ? "gone" : (to?.state ?? (to ? "same" : "-"));
  return [next, ...publications.map(({ message }) => message.subject)].join(" ");
};

test("each event makes of each state what the table of lives says", () => {
  const kinds = Object.values(events);

  const table = Object.fromEntries(
    states.map((state) => [state, kinds.map((event) => shown(state, event))]),
  );

  const request = "build.requested.{arch}.{build}";
  const publish = "publish.requested.{build}";
  const ended = Array.from(kinds, () => "-");
  const atBuilders = [
    ...["-", "-", "-", "-", "running", `publishing ${publish}`, "-", "-"],
    ...["cancelled build.ended", "fatal build.ended", `- ${request}`],
  ];
  expect(table).toEqual({
    pending: [
      "same",
      "gone build.ended",
      "fatal build.ended",
      `requested ${request}`,
      "-",
      "-",
      "-",
      "-",
      "cancelled build.ended",
      "fatal build.ended",
      "-",
    ],
    requested: atBuilders,
    running: atBuilders,
    publishing: [
      "-",
      "-",
      "-",
      "-",
      "-",
      "-",
      "success build.ended",
      "fatal build.ended",
      "cancelled build.ended",
      "fatal build.ended",
      `- ${publish}`,
    ],
    success: ended,
    failure: ended,
    fatal: ended,
    cancelled: ended,
  });
});

test.each([
  ["requested", 5],
  ["running", undefined],
] as const)(
  "a report on a %s build tells when it began only where no claim has",
  (state, startedAt) => {
    const { to } = stepBuild(inState(state), events.finished, 9);

    expect(to?.startedAt).toBe(startedAt);
  },
);

test("what a build made is written with its state, and the repository is asked for it", () => {
  const { made, publications } = stepBuild(inState("running"), events.finished, 9);

  expect(made).toEqual([{ filename: "lib-1-1-any.pkg.tar.zst", ...blob }]);
  expect(publications).toEqual([
    { message: publishRequested, payload: { build: id, pkgbase: "app", pkgrel: null } },
  ]);
});

const again = { version: "1-1", pkgrel: "1.1" };

test("a build whose file names mean other bytes starts again with the pkgrel it is given, and its packages go", () => {
  const step = stepBuild(
    inState("publishing"),
    { kind: "refused", message: "no", pkgrel: null, again },
    9,
  );

  const anew = { ...request, ...again };
  expect(step).toEqual({
    to: { state: "requested", request: anew, pkgrel: "1.1", startedAt: null, builder: null },
    forgetMade: true,
    publications: [{ message: buildRequested, payload: anew }],
  });
});

test.each(["claimed", "finished", "refused"] as const)(
  "what is %s of the first attempt changes nothing of the second",
  (kind) => {
    const states = { claimed: "requested", finished: "running", refused: "publishing" } as const;
    const second = { ...inState(states[kind]), pkgrel: "1.1" };

    expect(stepBuild(second, events[kind], 9)).toEqual({ publications: [] });
  },
);

test("a build whose request is damaged does not start again, and ends with the reason", () => {
  const damaged = { ...inState("publishing"), request: "{" };

  const { to } = stepBuild(damaged, { kind: "refused", message: "no", pkgrel: null, again }, 9);

  expect(to).toMatchObject({ state: "fatal", progress: "publish", message: "no" });
});

test.each([
  [
    "failed",
    { kind: "failed", step: "build", exitCode: 4 },
    "failure",
    "building failed with exit code 4: main.c:1:1: error: no",
  ],
  [
    "timed out",
    { kind: "timed-out", step: "build", afterMs: 60_000 },
    "fatal",
    "stopped while building: it took over the 60 seconds of BUILD_TIMEOUT; the last it printed: main.c:1:1: error: no",
  ],
  ["broken", { kind: "broken", step: "container", message: "no image" }, "fatal", "no image"],
])("a build that %s ends, with a text for a person", (_how, outcome, state, message) => {
  const { to } = stepBuild(inState("running"), { kind: "finished", report: report(outcome) }, 9);

  expect(to).toMatchObject({ state, message, endedAt: 9, logSha256: blob.sha256 });
  expect(to).toMatchObject({
    steps: facts.steps,
    logLines: 9,
    excerpt: facts.excerpt,
    clockSha256: facts.clock.sha256,
    installedSha256: facts.installed.sha256,
  });
});

test("a request that is no JSON any more throws where it is asked for again, and can be given up", () => {
  const damaged = { ...inState("requested"), request: "{" };

  expect(() => stepBuild(damaged, events.overdue, 9)).toThrow(SyntaxError);
  expect(stepBuild(damaged, events["given-up"], 9).to?.state).toBe("fatal");
});

test("a reason without end is cut", () => {
  const event = { kind: "cancelled", message: "x".repeat(20_000) } as const;

  expect(stepBuild(inState("pending"), event, 9).to?.message).toBe("x".repeat(10_000));
});
