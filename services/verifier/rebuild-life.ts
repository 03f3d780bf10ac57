import { type Payload, type Publication, publication } from "#shared/bus/declare.ts";
import { sayable } from "#shared/messages/reason.ts";
import { rebuildEnded, type rebuildFinished, rebuildRequested } from "#shared/messages/rebuild.ts";
import type { BuilderName } from "#shared/model.ts";
import { failed, type Verdict } from "./judge.ts";
import type { NewRebuild, RebuildInLife } from "./store/rebuilds.ts";

type Request = Payload<typeof rebuildRequested>;

/** What may happen to a rebuild, in any state, any number of times. */
export type RebuildEvent =
  /** Everything that the rebuild is made of is known. */
  | { readonly kind: "pinned"; readonly request: Request }
  /** What is served was looked at before anything was built, and is not what was built. */
  | { readonly kind: "judged"; readonly verdict: Verdict }
  /** A builder asks whether it may begin. */
  | { readonly kind: "claimed"; readonly builder: BuilderName }
  | {
      readonly kind: "finished";
      readonly report: Pick<
        Payload<typeof rebuildFinished>,
        "builder" | "startedAt" | "log" | "lines" | "excerpt" | "clock" | "steps"
      >;
      readonly verdict: Verdict;
    }
  | { readonly kind: "given-up"; readonly message: string }
  /** The message that the rebuild waits for may be lost. */
  | { readonly kind: "overdue" };

/** `waiting`: it is not pinned yet; `requested`: it waits for a builder, or one has it. */
export type RebuildState = "waiting" | "requested" | "ended";

export type RebuildStep = {
  /** Absent: the row stays as it is. */
  readonly to?: NewRebuild;
  /** Of the packages; those that are not named stay as they are. */
  readonly artifacts?: Verdict["artifacts"];
  readonly publications: readonly Publication[];
};

type Handlers = {
  readonly [K in RebuildEvent["kind"]]: (
    rebuild: RebuildInLife,
    event: Extract<RebuildEvent, { readonly kind: K }>,
    at: number,
  ) => RebuildStep;
};

const stay = (): RebuildStep => ({ publications: [] });

const pin: Handlers["pinned"] = (_rebuild, { request }) => ({
  to: { request },
  publications: [publication(rebuildRequested, request)],
});

const end = (
  rebuild: RebuildInLife,
  at: number,
  { status, message, artifacts }: Verdict,
  by: NewRebuild = {},
): RebuildStep => {
  const text = message === null ? null : sayable(message);
  const found = new Map(artifacts.map((it) => [it.filename, it.status]));
  return {
    to: { ...by, status, message: text, endedAt: at },
    artifacts,
    publications: [
      publication(rebuildEnded, {
        rebuild: rebuild.id,
        pkgbase: rebuild.pkgbase,
        arch: rebuild.arch,
        build: rebuild.build,
        at,
        status,
        message: text,
        artifacts: rebuild.artifacts.map(({ filename, status: before }) => ({
          filename,
          status: found.get(filename) ?? before,
        })),
      }),
    ],
  };
};

const judge: Handlers["judged"] = (rebuild, { verdict }, at) => end(rebuild, at, verdict);

const giveUp: Handlers["given-up"] = (rebuild, { message }, at) =>
  end(rebuild, at, failed(message));

/** A second builder claims what the first one lost. */
const begin: Handlers["claimed"] = (_rebuild, { builder }, at) => ({
  to: { builder, startedAt: at },
  publications: [],
});

const finish: Handlers["finished"] = (rebuild, { report, verdict }, at) =>
  end(rebuild, at, verdict, {
    builder: report.builder,
    startedAt: report.startedAt,
    steps: report.steps,
    excerpt: report.excerpt,
    logLines: report.lines,
    clockSha256: report.clock?.sha256 ?? null,
    ...(report.log && { logSha256: report.log.sha256, logBytes: report.log.bytes }),
  });

/** The request as it was pinned. Throws where the row's text is no JSON any more. */
const askAgain: Handlers["overdue"] = ({ request }) => ({
  publications: [{ message: rebuildRequested, payload: JSON.parse(request ?? "null") }],
});

/** A rebuild's whole life: what each event makes of each state. The columns that are not named stay. */
const life: Readonly<Record<RebuildState, Handlers>> = {
  waiting: {
    pinned: pin,
    judged: judge,
    claimed: stay,
    finished: finish,
    "given-up": giveUp,
    overdue: stay,
  },
  requested: {
    pinned: stay,
    judged: stay,
    claimed: begin,
    finished: finish,
    "given-up": giveUp,
    overdue: askAgain,
  },
  /** It has a verdict. Nothing follows. */
  ended: {
    pinned: stay,
    judged: stay,
    claimed: stay,
    finished: stay,
    "given-up": stay,
    overdue: stay,
  },
};

export const stateOf = ({
  status,
  request,
}: Pick<RebuildInLife, "status" | "request">): RebuildState => {
  if (status !== null) return "ended";
  return request === null ? "waiting" : "requested";
};

/** What an event makes of a rebuild: the columns that change, and the messages that are published with them. */
export const stepRebuild = (
  rebuild: RebuildInLife,
  event: RebuildEvent,
  at: number,
): RebuildStep => {
  // Safe: the handler of a kind takes the events of that kind, which the compiler cannot follow through the index.
  const handle = life[stateOf(rebuild)][event.kind] as (
    rebuild: RebuildInLife,
    event: RebuildEvent,
    at: number,
  ) => RebuildStep;
  return handle(rebuild, event, at);
};
