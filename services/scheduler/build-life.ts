import * as v from "valibot";
import { type Payload, type Publication, publication } from "#shared/bus/declare.ts";
import { buildEnded, type buildFinished, buildRequested } from "#shared/messages/build.ts";
import { sayable } from "#shared/messages/reason.ts";
import { publishRequested } from "#shared/messages/repo.ts";
import type { BuilderName, BuildId, Pkgrel, SourceId, Version } from "#shared/model.ts";
import { endOf } from "./end-of.ts";
import type { BuildInLife, Made, NewState } from "./store/builds.ts";

type Request = Payload<typeof buildRequested>;

export type BuildState = BuildInLife["state"];

/** What may happen to a build, in any state, any number of times. */
export type BuildEvent =
  /** The session is planned: these builds must succeed first, and it is built from this source. */
  | {
      readonly kind: "planned";
      readonly needs: readonly BuildId[];
      readonly source: SourceId | null;
    }
  /** The package is up to date. */
  | { readonly kind: "unneeded" }
  /** Whether the package is up to date cannot be known. */
  | { readonly kind: "unlooked"; readonly message: string }
  /** Everything that the build is made of is known. */
  | { readonly kind: "pinned"; readonly request: Request; readonly sourceState: string }
  /** A builder asks whether it may begin. */
  | { readonly kind: "claimed"; readonly builder: BuilderName; readonly pkgrel: Pkgrel | null }
  | { readonly kind: "finished"; readonly report: Payload<typeof buildFinished> }
  /** The message says what that means for clients. */
  | ({ readonly kind: "published" } & Readonly<Record<"version" | "message", string | null>>)
  /** The repository does not take what was built with `pkgrel`; `again`: the build starts again with another one. */
  | {
      readonly kind: "refused";
      readonly message: string;
      readonly pkgrel: Pkgrel | null;
      readonly again: { readonly version: Version; readonly pkgrel: Pkgrel } | null;
    }
  | { readonly kind: "cancelled"; readonly message: string }
  /** The build cannot go on from where it is, by kiln's fault or its recipe's. */
  | { readonly kind: "given-up"; readonly message: string }
  /** The message that the build waits for may be lost. */
  | { readonly kind: "overdue" };

export type BuildStep = {
  /** Absent: the row stays as it is. */
  readonly to?: NewState;
  readonly made?: readonly Made[];
  /** What the build made before counts no more. */
  readonly forgetMade?: true;
  /** The row goes. */
  readonly forget?: true;
  readonly publications: readonly Publication[];
};

type Handlers = {
  readonly [K in BuildEvent["kind"]]: (
    build: BuildInLife,
    event: Extract<BuildEvent, { readonly kind: K }>,
    at: number,
  ) => BuildStep;
};

type End = "success" | "failure" | "fatal" | "cancelled";

const stay = (): BuildStep => ({ publications: [] });

const end = (build: BuildInLife, at: number, to: NewState & { readonly state: End }): BuildStep => {
  const message = to.message === undefined || to.message === null ? null : sayable(to.message);
  return {
    to: { ...to, message, endedAt: at },
    publications: [publication(buildEnded, { ...nameOf(build), at, state: to.state, message })],
  };
};

const nameOf = ({ id, pkgbase, arch }: BuildInLife) => ({ build: id, pkgbase, arch });

const cancel: Handlers["cancelled"] = (build, { message }, at) =>
  end(build, at, { state: "cancelled", message });

const fail =
  (progress: "resolve" | "update" | "build" | "publish") =>
  (build: BuildInLife, { message }: { readonly message: string }, at: number) =>
    end(build, at, { state: "fatal", progress, message });

const plan: Handlers["planned"] = (_build, { needs, source }) => ({
  to: { needs, source },
  publications: [],
});

const pin: Handlers["pinned"] = (_build, { request, sourceState }) => ({
  to: { state: "requested", request, sourceState, pkgrel: request.pkgrel },
  publications: [publication(buildRequested, request)],
});

/** `current`: nothing was to be done, so the build is forgotten. */
const forget: Handlers["unneeded"] = (build, _event, at) => ({
  forget: true,
  publications: [
    publication(buildEnded, { ...nameOf(build), at, state: "current", message: null }),
  ],
});

/** A second builder claims what the first one lost; what it began counts from then. */
const begin: Handlers["claimed"] = (build, { builder, pkgrel }, at) =>
  pkgrel === build.pkgrel
    ? { to: { state: "running", builder, startedAt: at }, publications: [] }
    : stay();

const finish: Handlers["finished"] = (build, { report }, at) => {
  if (report.pkgrel !== build.pkgrel) return stay();
  const { builder, clock, excerpt, installed, lines, log, measurements, outcome, steps } = report;
  const kept: NewState = {
    builder,
    measurements,
    steps,
    excerpt,
    logLines: lines,
    clockSha256: clock?.sha256 ?? null,
    installedSha256: installed?.sha256 ?? null,
    ...(build.startedAt === null && { startedAt: report.startedAt ?? null }),
    ...(log && { logSha256: log.sha256, logBytes: log.bytes }),
  };
  if (outcome.kind !== "built") return end(build, at, { ...kept, ...endOf(outcome, excerpt) });
  return {
    to: {
      ...kept,
      state: "publishing",
      srcinfoSha256: outcome.srcinfo.sha256,
      pkgbuildSha256: outcome.pkgbuild.sha256,
    },
    made: outcome.artifacts.map(({ filename, blob }) => ({ filename, ...blob })),
    publications: [askToPublish(build)],
  };
};

const askToPublish = ({ id, pkgbase, pkgrel }: BuildInLife) =>
  publication(publishRequested, { build: id, pkgbase, pkgrel });

/** What was built keeps its record until the build ends, but for the packages, which are made anew. */
const refuse: Handlers["refused"] = (build, event, at) => {
  const { again, message, pkgrel } = event;
  if (pkgrel !== build.pkgrel) return stay();
  const request = again && readRequest(build.request);
  if (!again || !request) return fail("publish")(build, { message }, at);
  const anew: Request = { ...request, version: again.version, pkgrel: again.pkgrel };
  return {
    to: { state: "requested", request: anew, pkgrel: again.pkgrel, startedAt: null, builder: null },
    forgetMade: true,
    publications: [publication(buildRequested, anew)],
  };
};

/** Undefined where the row's text is no request any more. */
const readRequest = (text: string | null): Request | undefined => {
  try {
    return v.parse(buildRequested.schema, JSON.parse(text ?? "null"));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof v.ValiError) return undefined;
    throw error;
  }
};

/** The request as it was pinned. Throws where the row's text is no JSON any more. */
const askAgain: Handlers["overdue"] = ({ request }) => ({
  publications: [{ message: buildRequested, payload: JSON.parse(request ?? "null") }],
});

const ended: Handlers = {
  planned: stay,
  unneeded: stay,
  unlooked: stay,
  pinned: stay,
  claimed: stay,
  finished: stay,
  published: stay,
  refused: stay,
  cancelled: stay,
  "given-up": stay,
  overdue: stay,
};

const atBuilders: Handlers = {
  planned: stay,
  unneeded: stay,
  unlooked: stay,
  pinned: stay,
  claimed: begin,
  finished: finish,
  published: stay,
  refused: stay,
  cancelled: cancel,
  "given-up": fail("build"),
  overdue: askAgain,
};

/** A build's whole life: what each event makes of each state. The columns of a row that are not named stay. */
const life: Readonly<Record<BuildState, Handlers>> = {
  /** Waits for its plan, for what it needs, and for a place in its session. */
  pending: {
    planned: plan,
    unneeded: forget,
    unlooked: fail("update"),
    pinned: pin,
    claimed: stay,
    finished: stay,
    published: stay,
    refused: stay,
    cancelled: cancel,
    "given-up": fail("resolve"),
    overdue: stay,
  },
  /** Waits for a builder. */
  requested: atBuilders,
  /** A builder has it; another one claims it where that one died. */
  running: atBuilders,
  /** Waits for the repository. */
  publishing: {
    planned: stay,
    unneeded: stay,
    unlooked: stay,
    pinned: stay,
    claimed: stay,
    finished: stay,
    published: (build, { version, message }, at) =>
      end(build, at, { state: "success", version, message }),
    refused: refuse,
    cancelled: cancel,
    "given-up": fail("publish"),
    overdue: (build) => ({ publications: [askToPublish(build)] }),
  },
  success: ended,
  failure: ended,
  fatal: ended,
  cancelled: ended,
};

/** What an event makes of a build: the columns that change, and the messages that are published with them. */
export const stepBuild = (build: BuildInLife, event: BuildEvent, at: number): BuildStep => {
  // Safe: the handler of a kind takes the events of that kind, which the compiler cannot follow through the index.
  const handle = life[build.state][event.kind] as (
    build: BuildInLife,
    event: BuildEvent,
    at: number,
  ) => BuildStep;
  return handle(build, event, at);
};
