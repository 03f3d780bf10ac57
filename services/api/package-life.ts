import { type Publication, publication } from "#shared/bus/declare.ts";
import { packageAdded, packageChanged, packageRemoved } from "#shared/messages/package.ts";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase, SourceId } from "#shared/model.ts";

/** `removing`: hidden from readers until the repository is served without it. */
export type PackageState =
  | { readonly kind: "absent" }
  | { readonly kind: "present"; readonly pkgbase: Pkgbase }
  | { readonly kind: "removing"; readonly pkgbase: Pkgbase; readonly removedAt: number };

/** A package as the resolver proposes it. */
export type Proposed = {
  readonly pkgbase: Pkgbase;
  readonly spec: SourceSpec;
  readonly specHash: string;
  readonly source: SourceId;
  readonly devel: boolean;
  /** Pulled in by another package's add. */
  readonly dependency: boolean;
};

/** What may happen to a package, in any state, any number of times. */
export type PackageEvent =
  | { readonly kind: "added"; readonly proposed: Proposed; readonly replace: boolean }
  | { readonly kind: "removed" }
  /** The repository is served without the package that was removed at that time. */
  | { readonly kind: "retired"; readonly removedAt: number }
  /** The message about its removal may be lost. */
  | { readonly kind: "overdue" };

export type PackageStep = {
  readonly change:
    | { readonly kind: "none" }
    | { readonly kind: "insert"; readonly proposed: Proposed }
    | { readonly kind: "replace"; readonly proposed: Proposed }
    | { readonly kind: "hide"; readonly at: number }
    | { readonly kind: "delete" }
    /** It is there already, and is not to be replaced. */
    | { readonly kind: "exists" }
    /** It is going, and can be added when it is gone. */
    | { readonly kind: "leaving" };
  readonly publications: readonly Publication[];
};

type Handlers<State> = {
  readonly [K in PackageEvent["kind"]]: (
    state: State,
    event: Extract<PackageEvent, { readonly kind: K }>,
    at: number,
  ) => PackageStep;
};

const stay = (): PackageStep => ({ change: { kind: "none" }, publications: [] });

const sayRemoved = (pkgbase: Pkgbase, at: number) => [publication(packageRemoved, { pkgbase, at })];

/** A package's whole life: what each event makes of each state. */
const life: {
  readonly [K in PackageState["kind"]]: Handlers<Extract<PackageState, { readonly kind: K }>>;
} = {
  absent: {
    added: (_state, { proposed }, at) => ({
      change: { kind: "insert", proposed },
      publications: [
        publication(packageAdded, {
          pkgbase: proposed.pkgbase,
          source: proposed.source,
          dependency: proposed.dependency,
          at,
        }),
      ],
    }),
    removed: stay,
    retired: stay,
    overdue: stay,
  },
  present: {
    /** A dependency that is a package already stays as it is; a replaced package keeps its settings. */
    added: (_state, { proposed, replace }, at) => {
      if (proposed.dependency) return stay();
      if (!replace) return { change: { kind: "exists" }, publications: [] };
      const { pkgbase, source } = proposed;
      return {
        change: { kind: "replace", proposed },
        publications: [publication(packageChanged, { pkgbase, source, at })],
      };
    },
    removed: ({ pkgbase }, _event, at) => ({
      change: { kind: "hide", at },
      publications: sayRemoved(pkgbase, at),
    }),
    /** Added again since. */
    retired: stay,
    overdue: stay,
  },
  removing: {
    added: () => ({ change: { kind: "leaving" }, publications: [] }),
    removed: stay,
    retired: ({ removedAt }, event) =>
      event.removedAt === removedAt ? { change: { kind: "delete" }, publications: [] } : stay(),
    overdue: ({ pkgbase, removedAt }) => ({
      change: { kind: "none" },
      publications: sayRemoved(pkgbase, removedAt),
    }),
  },
};

/** What an event makes of a package: how its row changes, and the messages that are published with that. */
export const stepPackage = (state: PackageState, event: PackageEvent, at: number): PackageStep => {
  // Safe: state and event are those that the handler takes, which the compiler cannot follow through the indices.
  const handle = life[state.kind][event.kind] as (
    state: PackageState,
    event: PackageEvent,
    at: number,
  ) => PackageStep;
  return handle(state, event, at);
};
