import * as v from "valibot";
import { message, stream } from "#shared/bus/declare.ts";
import { Instant, SessionId } from "#shared/model.ts";
import { days } from "#shared/time.ts";
import { buildLog } from "./build.ts";

/** Sessions waiting for a plan. */
export const planRequests = stream("PLAN_REQUESTS", {
  keep: "work",
  maxAge: days(30),
  maxBytes: 64 * 1024 ** 2,
});

/** What became of plans. */
export const planLog = stream("PLAN_LOG", {
  keep: "log",
  maxAge: days(7),
  maxBytes: 64 * 1024 ** 2,
});

/** Has the sources of a session updated, and what its builds need written as rows. */
export const planRequested = message(
  planRequests,
  "plan.requested.{session}",
  v.object({
    session: SessionId,
    /** Orders the builds by their dependencies. */
    resolve: v.boolean(),
  }),
  {
    id: ({ session }) => session,
    key: ({ session }) => session,
  },
);

/** The rows of a session's plan are written, or the plan's row says why there are none. */
export const planFinished = message(
  planLog,
  "plan.finished",
  v.object({ session: SessionId, at: Instant }),
  {
    id: ({ session }) => `planned-${session}`,
    key: ({ session }) => session,
    says: "it is known what the builds of a session need",
  },
);

/** All builds of a session have ended. Nothing of the session follows it. */
export const sessionEnded = message(
  buildLog,
  "session.ended",
  v.object({ session: SessionId, at: Instant }),
  {
    id: ({ session }) => `session-ended-${session}`,
    key: ({ session }) => session,
    says: "every build of a session has ended",
  },
);
