import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import { BuilderName, BuildId, Instant, Pkgrel } from "#shared/model.ts";
import { minutes, seconds } from "#shared/time.ts";

/** Which builders there are. */
export const builderLog = stream("BUILDER_LOG", { keep: "log", maxAge: minutes(5) });

/** A builder lives; said again and again. */
export const builderAnnounced = message(
  builderLog,
  "builder.announced",
  v.object({
    builder: BuilderName,
    /** Builds at the same time. */
    slots: v.number(),
    at: Instant,
  }),
  {
    id: ({ builder, at }) => `${builder}-${at}`,
    key: ({ builder }) => builder,
    says: "a builder lives, and can build; said every 30 s",
  },
);

/** A builder asks before it begins: whether the build is still wanted. The scheduler records the builder and the time. */
export const claimBuild = question("build.claim", {
  request: v.object({
    build: BuildId,
    builder: BuilderName,
    /** Of the request: a build that started again with another pkgrel is claimed anew. */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
  }),
  answer: v.object({ go: v.boolean() }),
  timeout: seconds(10),
});
