import { expect, test } from "vitest";
import { stepTime } from "../../../services/builder/metrics.ts";
import { timedProgress } from "../../../services/builder/timed-progress.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";
import { memoryMeasure } from "../../support/memory-measure.ts";

test("a step is timed until the next begins, and the last until the end", () => {
  const measure = memoryMeasure();
  const progress = timedProgress<"container" | "build">(
    { measure, now: Date.now },
    "rebuild",
    "container",
  );

  progress.step = "container";
  progress.step = "build";
  progress.end();

  expect(measure.of(stepTime)).toEqual([
    { labels: { purpose: "rebuild", step: "container" }, value: expect.any(Number) },
    { labels: { purpose: "rebuild", step: "build" }, value: expect.any(Number) },
  ]);
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
