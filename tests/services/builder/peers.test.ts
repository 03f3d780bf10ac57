import * as v from "valibot";
import { expect, test } from "vitest";
import { BuilderName } from "#shared/model.ts";
import { interval, makePeers } from "../../../services/builder/peers.ts";

const [own, other] = ["a", "b"].map((name) => v.parse(BuilderName, name)) as [
  BuilderName,
  BuilderName,
];

test("another builder is there until it has been silent for three announcements", () => {
  const clock = { at: 0 };
  const peers = makePeers(own, () => clock.at);
  const before = peers.hasOther();

  peers.heard(other);
  clock.at = 3 * interval;
  const then = peers.hasOther();
  clock.at += 1;

  expect([before, then, peers.hasOther()]).toEqual([false, true, false]);
});

test("a builder that has been silent is gone though the clock was put back", () => {
  const clock = { at: 100 * interval };
  const peers = makePeers(own, () => clock.at);
  peers.heard(other);

  clock.at = 0;

  expect(peers.hasOther()).toBe(false);
});

test("a builder is no other than itself", () => {
  const peers = makePeers(own, () => 0);

  peers.heard(own);

  expect(peers.hasOther()).toBe(false);
});
