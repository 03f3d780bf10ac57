import * as v from "valibot";
import { expect, test } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import { Pkgbase, SourceId } from "#shared/model.ts";
import {
  type PackageEvent,
  type PackageState,
  stepPackage,
} from "../../../services/api/package-life.ts";

const pkgbase = v.parse(Pkgbase, "app");
const source = v.parse(SourceId, "00000000-0000-4000-8000-000000000001");
const spec = { type: "cli" } as const;
const proposed = { pkgbase, spec, specHash: "", source, devel: false, dependency: false };

const states: readonly PackageState[] = [
  { kind: "absent" },
  { kind: "present", pkgbase },
  { kind: "removing", pkgbase, removedAt: 4 },
];

const events: readonly PackageEvent[] = [
  { kind: "added", proposed, replace: false },
  { kind: "added", proposed, replace: true },
  { kind: "added", proposed: { ...proposed, dependency: true }, replace: true },
  { kind: "removed" },
  { kind: "retired", removedAt: 4 },
  { kind: "retired", removedAt: 3 },
  { kind: "overdue" },
];

test("each event makes of each state what the table of lives says", () => {
  const shown = (state: PackageState, event: PackageEvent) => {
    const { change, publications } = stepPackage(state, event, 9);
    return [change.kind, ...publications.map(({ message }) => message.subject)].join(" ");
  };

  const table = states.map((state) => events.map((event) => shown(state, event)));

  const added = "insert package.added";
  expect(table).toEqual([
    [added, added, added, "none", "none", "none", "none"],
    ["exists", "replace package.changed", "none", "hide package.removed", "none", "none", "none"],
    ["leaving", "leaving", "leaving", "none", "delete", "none", "none package.removed"],
  ]);
});

test("a removal is announced with the time at which the package was hidden, however late", () => {
  const [, , removing] = states;

  const { publications } = stepPackage(removing ?? { kind: "absent" }, { kind: "overdue" }, 9);

  expect(publications).toEqual([{ message: packageRemoved, payload: { pkgbase, at: 4 } }]);
});
