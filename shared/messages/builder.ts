import * as v from "valibot";
import { message, stream } from "#shared/bus/declare.ts";
import { BuilderName, Instant } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";

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
