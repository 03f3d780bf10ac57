import { expect, test } from "vitest";
import { stepTime } from "../../../services/builder/metrics.ts";
import { timedProgress } from "../../../services/builder/timed-progress.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";
import { memoryMeasure } from "../../support/memory-measure.ts";

/** The progress of a rebuild, on a clock that can be put. */
const setup = () => {
  const measure = memoryMeasure();
  const clock = { at: 1_000_000 };
  const now = () => clock.at;
  const progress = timedProgress<"container" | "build">({ measure, now }, "rebuild", "container");
  return { measure, clock, progress };
};

test("a step is timed until the next begins, and the last until the end", () => {
  const it = setup();

  it.clock.at += 500;
  it.progress.step = "container";
  it.clock.at += 1_000;
  it.progress.step = "build";
  it.clock.at += 2_000;
  it.progress.end();

  expect(it.measure.of(stepTime)).toEqual([
    { labels: { purpose: "rebuild", step: "container" }, value: 1.5 },
    { labels: { purpose: "rebuild", step: "build" }, value: 2 },
  ]);
});

test("a step during which the clock was put back took no time, not less", () => {
  const it = setup();

  it.clock.at -= 60_000;
  it.progress.end();

  expect(it.measure.of(stepTime).map(({ value }) => value)).toEqual([0]);
});

test("each step of a build is timed once", async () => {
  await using it = await startFakeBuilder();

  await it.builder.build(it.request);

  const timed = it.builder.measure.of(stepTime);
  expect(timed.map(({ labels }) => labels)).toEqual(
    ["container", "system", "sources", "build", "packages"].map((step) => ({
      purpose: "build",
      step,
    })),
  );
});
