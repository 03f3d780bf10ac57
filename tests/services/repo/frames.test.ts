import { expect, test } from "vitest";
import { type Frame, planFrames } from "../../../services/repo/frames.ts";

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `p${String(from + i).padStart(4, "0")}`);

const frame = (id: number, from: number, to: number): Frame<string> => ({
  id,
  pkgnames: names(from, to),
});

const none = new Set<string>();

test("the first entries fill frames of the same size", () => {
  const planned = planFrames([], none, new Set(names(0, 130)));

  expect(planned).toEqual([
    { kind: "written", pkgnames: names(0, 44) },
    { kind: "written", pkgnames: names(44, 88) },
    { kind: "written", pkgnames: names(88, 130) },
  ]);
});

test("an entry that is replaced rewrites its frame alone", () => {
  const frames = [frame(7, 64, 128), frame(3, 0, 64)];

  const planned = planFrames(frames, new Set(["p0070"]), new Set(["p0070"]));

  expect(planned).toEqual([
    { kind: "kept", id: 3, pkgnames: names(0, 64) },
    { kind: "written", pkgnames: names(64, 128) },
  ]);
});

test("an entry that comes into a full frame splits it into halves", () => {
  const planned = planFrames([frame(1, 0, 64)], none, new Set(["p0003x"]));

  expect(planned.map(({ kind, pkgnames }) => [kind, pkgnames.length])).toEqual([
    ["written", 33],
    ["written", 32],
  ]);
  expect(planned.flatMap(({ pkgnames }) => pkgnames)).toEqual([...names(0, 64), "p0003x"].sort());
});

test("an entry before all others goes into the first frame", () => {
  const planned = planFrames([frame(1, 0, 20), frame(2, 20, 60)], none, new Set(["a"]));

  expect(planned).toEqual([
    { kind: "written", pkgnames: ["a", ...names(0, 20)] },
    { kind: "kept", id: 2, pkgnames: names(20, 60) },
  ]);
});

test("a frame that becomes empty is gone", () => {
  const planned = planFrames([frame(1, 0, 1), frame(2, 1, 60)], new Set(["p0000"]), none);

  expect(planned).toEqual([{ kind: "kept", id: 2, pkgnames: names(1, 60) }]);
});

test("a frame that gets small joins its neighbour, if both have room", () => {
  const frames = [frame(1, 0, 30), frame(2, 30, 46), frame(3, 46, 110)];

  const planned = planFrames(frames, new Set(["p0030"]), none);

  expect(planned).toEqual([
    { kind: "written", pkgnames: [...names(0, 30), ...names(31, 46)] },
    { kind: "kept", id: 3, pkgnames: names(46, 110) },
  ]);
});

test("whatever comes and goes, every entry is in one frame, in order, and none is too large", () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  let frames: Frame<string>[] = [];
  let id = 0;
  const expected = new Set<string>();

  for (let round = 0; round < 300; round++) {
    const come = new Set(names(0, 40).map(() => `p${String(random(600)).padStart(4, "0")}`));
    const gone = new Set([...expected].filter(() => random(10) === 0));
    for (const name of gone) expected.delete(name);
    for (const name of come) expected.add(name);
    const taken = new Set(
      [...gone, ...come].filter((name) => frames.some((f) => f.pkgnames.includes(name))),
    );
    const planned = planFrames(frames, taken, come);
    frames = planned.map((next) => ({
      id: next.kind === "kept" ? next.id : ++id,
      pkgnames: next.pkgnames,
    }));

    expect(frames.flatMap(({ pkgnames }) => pkgnames)).toEqual([...expected].sort());
    expect(frames.every(({ pkgnames }) => pkgnames.length > 0 && pkgnames.length <= 64)).toBe(true);
  }
});
