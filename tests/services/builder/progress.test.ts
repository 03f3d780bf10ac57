import { expect, test } from "vitest";
import { buildFinished, buildStep } from "#shared/messages/build.ts";
import { stepTime } from "../../../services/builder/metrics.ts";
import { openProgress } from "../../../services/builder/progress.ts";
import { startFakeBuilder } from "../../support/fake-builder.ts";
import { memoryMeasure } from "../../support/memory-measure.ts";

/** The progress of a rebuild, on a clock that can be put, and a log whose headings are on lines 2, 4, 6, … */
const setup = () => {
  const measure = memoryMeasure();
  const clock = { at: 1_000_000 };
  const said: string[] = [];
  const progress = openProgress<"container" | "build">(
    { measure, now: () => clock.at },
    {
      purpose: "rebuild",
      first: "container",
      output: { say: (text) => said.push(text) * 2 },
    },
  );
  return { measure, clock, said, progress };
};

test("a step lasts until the next begins, and the last until the end", () => {
  const it = setup();

  it.clock.at += 1_500;
  it.progress.enter("build");
  it.clock.at += 2_000;
  const taken = it.progress.end(4);

  expect(taken).toEqual([
    { step: "container", startedAt: 1_000_000, endedAt: 1_001_500, exitCode: 0, line: 2 },
    { step: "build", startedAt: 1_001_500, endedAt: 1_003_500, exitCode: 4, line: 4 },
  ]);
  expect(it.said).toEqual(["preparing the container", "building"]);
  expect(it.measure.of(stepTime)).toEqual([
    { labels: { purpose: "rebuild", step: "container" }, value: 1.5 },
    { labels: { purpose: "rebuild", step: "build" }, value: 2 },
  ]);
});

test("a step during which the clock was put back took no time, not less", () => {
  const it = setup();

  it.clock.at -= 60_000;
  const [taken] = it.progress.end(null);

  expect(taken).toMatchObject({ startedAt: 1_000_000, endedAt: 1_000_000 });
  expect(it.measure.of(stepTime).map(({ value }) => value)).toEqual([0]);
});

const steps = ["container", "system", "sources", "build", "packages"] as const;

test("each step of a build is timed once, and published when it begins and when all is over", async () => {
  await using it = await startFakeBuilder();

  await it.builder.build(it.request);

  expect(it.builder.measure.of(stepTime).map(({ labels }) => labels)).toEqual(
    steps.map((step) => ({ purpose: "build", step })),
  );
  const [finished] = it.builder.bus.sent(buildFinished);
  const log = (await it.builder.logOf(it.request.build)).split("\n");
  expect(
    finished?.steps.map(({ step, exitCode, line }) => [step, exitCode, log[line - 1]]),
  ).toEqual([
    ["container", 0, ":: kiln :: preparing the container"],
    ["system", 0, ":: kiln :: updating the system"],
    ["sources", 0, ":: kiln :: fetching and checking sources"],
    ["build", 0, ":: kiln :: building"],
    ["packages", 0, ":: kiln :: collecting packages"],
  ]);
  expect(it.builder.bus.sent(buildStep)).toEqual(
    finished?.steps.map(({ step, startedAt, line }) => ({
      build: it.request.build,
      pkgbase: "app",
      arch: "x86_64",
      at: startedAt,
      startedAt: finished.startedAt,
      step,
      line,
    })),
  );
});
