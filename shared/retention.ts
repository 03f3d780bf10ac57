import * as v from "valibot";
import { integer } from "./service/config.ts";

/** How long what is no longer in use is kept. What is published, and what a rebuild of it takes, is never deleted. */
export const Retention = v.object({
  /** Versions of a package whose files are kept, the published one counted. */
  KEEP_VERSIONS: integer(3, 1, 1_000, "a number of versions"),
  /** Builds, and rebuilds, of a package that are kept. */
  KEEP_BUILDS: integer(50, 1, 100_000, "a number of builds"),
  /** The last failed build's and the published build's log stay in any case. */
  KEEP_LOGS_DAYS: integer(90, 1, 36_500, "a number of days"),
});
export type Retention = v.InferOutput<typeof Retention>;

/** Longest time of a build. */
export const buildTimeout = integer(14_400, 1, 1_000_000, "a number of seconds");
