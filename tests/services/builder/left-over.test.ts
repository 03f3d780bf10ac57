import { expect, test } from "vitest";
import { formatIdentity, isLeftOver } from "../../../services/builder/left-over.ts";

const me = { place: "boot:1", pid: 10, id: "me" };
const now = 1_000_000;
const old = now - 61_000;
const living = (pid: number) => pid === 20;

const labelled = (owner: Partial<typeof me>, running: boolean, createdAt = now) => ({
  id: "container",
  labels: { "kiln.builder": formatIdentity({ ...me, id: "other", ...owner }) },
  running,
  createdAt,
});

test.each([
  ["our own, however old", labelled(me, false, old), false],
  ["a process's that had our number", labelled({}, true), true],
  ["a dead neighbour's that runs", labelled({ pid: 30 }, true), true],
  ["a dead neighbour's that never ran", labelled({ pid: 30 }, false), true],
  ["a living neighbour's", labelled({ pid: 20 }, true, old), false],
  ["a living neighbour's that never ran", labelled({ pid: 20 }, false, old), true],
  ["a far one's that runs", labelled({ place: "boot:2", pid: 30 }, true, old), false],
  ["a far one's that is about to start", labelled({ place: "boot:2", pid: 30 }, false), false],
  ["a far one's that never ran", labelled({ place: "boot:2", pid: 30 }, false, old), true],
  ["somebody's without a name, that runs", { ...labelled({}, true, old), labels: {} }, false],
])("a container is left over or not: %s", (_whose, container, leftOver) => {
  expect(isLeftOver(container, me, living, now)).toBe(leftOver);
});
