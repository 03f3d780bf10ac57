import * as v from "valibot";
import { message, stream } from "#shared/bus/declare.ts";
import { Instant, Pkgbase, SourceId } from "#shared/model.ts";
import { days } from "#shared/time.ts";

/** What happened to the list of packages. */
export const packageLog = stream("PACKAGE_LOG", { keep: "log", maxAge: days(30) });

const Package = v.object({ pkgbase: Pkgbase, source: SourceId, at: Instant });

export const packageAdded = message(
  packageLog,
  "package.added",
  v.object({
    ...Package.entries,
    /** Pulled in by another package's add. */
    dependency: v.boolean(),
  }),
  ({ source }) => `added-${source}`,
  "a package was added",
);

/** Its settings or its source changed. */
export const packageChanged = message(
  packageLog,
  "package.changed",
  Package,
  ({ pkgbase, at }) => `changed-${pkgbase}-${at}`,
  "a package's source was replaced",
);

export const packageRemoved = message(
  packageLog,
  "package.removed",
  v.object({ pkgbase: Pkgbase, at: Instant }),
  ({ pkgbase, at }) => `removed-${pkgbase}-${at}`,
  "a package is being removed: everyone forgets it",
);
