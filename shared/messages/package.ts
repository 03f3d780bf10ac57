import * as v from "valibot";
import { message, stream } from "#shared/bus/declare.ts";
import { Instant, Pkgbase, SourceId } from "#shared/model.ts";
import { days } from "#shared/time.ts";

/** What happened to the list of packages. */
export const packageLog = stream("PACKAGE_LOG", { keep: "log", maxAge: days(7) });

const Package = v.object({ pkgbase: Pkgbase, source: SourceId, at: Instant });

export const packageAdded = message(
  packageLog,
  "package.added",
  v.object({
    ...Package.entries,
    /** Pulled in by another package's add. */
    dependency: v.boolean(),
  }),
  {
    id: ({ pkgbase, at }) => `added-${pkgbase}-${at}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a package was added",
  },
);

/** Its settings or its source changed. */
export const packageChanged = message(packageLog, "package.changed", Package, {
  id: ({ pkgbase, at }) => `changed-${pkgbase}-${at}`,
  key: ({ pkgbase }) => pkgbase,
  says: "a package's source was replaced",
});

export const packageRemoved = message(
  packageLog,
  "package.removed",
  v.object({ pkgbase: Pkgbase, at: Instant }),
  {
    id: ({ pkgbase, at }) => `removed-${pkgbase}-${at}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a package is being removed: everyone forgets it",
  },
);
