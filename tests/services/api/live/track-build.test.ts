import { expect, test } from "vitest";
import type { LiveEvent } from "../../../../services/api/live/event.ts";
import { type End, trackBuild } from "../../../../services/api/live/track-build.ts";

const success: End = { state: { state: "success" }, followsOutput: true };

const setup = () => {
  const told: string[] = [];
  const tracker = trackBuild({ state: { state: "pending" }, startedAt: null }, (event) =>
    told.push(wordOf(event)),
  );
  return { told, tracker };
};

const wordOf = (event: LiveEvent) => {
  if (event.name === "log") return event.text;
  return "info" in event.state ? `${event.state.state}/${event.state.info}` : event.state.state;
};

const chunk = (index: number, startedAt = 1) => ({ startedAt, index, text: `log ${index}` });

const whole = [
  "pending",
  "running/build",
  "log 0",
  "log 1",
  "running/publish",
  "running/clean",
  "success",
];

test("a build goes through serene's states in order", () => {
  const { told, tracker } = setup();

  tracker.started(1);
  tracker.output(chunk(0));
  tracker.output(chunk(1));
  tracker.finished(2, true);
  tracker.ended(success);

  expect(told).toEqual(whole);
});

test("what is heard before what led to it waits for it", () => {
  const { told, tracker } = setup();

  tracker.ended(success);
  tracker.finished(2, true);
  tracker.output(chunk(0));
  tracker.started(1);
  tracker.output(chunk(1));

  expect(told).toEqual(whole);
});

test("what is heard twice is told once", () => {
  const { told, tracker } = setup();

  tracker.started(1);
  tracker.started(1);
  tracker.output(chunk(0));
  tracker.output(chunk(0));
  tracker.output(chunk(1));
  tracker.finished(2, true);
  tracker.finished(2, true);
  tracker.ended(success);

  expect(told).toEqual(whole);
});

test("another attempt starts its log anew, and the one before it is heard no more", () => {
  const { told, tracker } = setup();

  tracker.started(1);
  tracker.output(chunk(0));
  tracker.started(2);
  tracker.output(chunk(1));
  tracker.output(chunk(0, 2));

  expect(told).toEqual(["pending", "running/build", "log 0", "running/build", "log 0"]);
  expect(tracker.sofar()).toEqual({ state: { state: "running", info: "build" }, log: ["log 0"] });
});

test("a failure is told after the whole log", () => {
  const { told, tracker } = setup();

  tracker.started(1);
  tracker.ended({ state: { state: "failure" }, followsOutput: true });
  tracker.finished(1, false);
  tracker.output(chunk(0));

  expect(told).toEqual(["pending", "running/build", "log 0", "failure"]);
});

test("a cancelled build ends at once, whatever it was doing", () => {
  const { told, tracker } = setup();

  tracker.started(1);
  tracker.ended({ state: { state: "cancelled", info: "removed" }, followsOutput: false });

  expect(told).toEqual(["pending", "running/build", "cancelled/removed"]);
});

test.each([
  [0, "fatal/no,resolve"],
  [1, "fatal/no,build"],
  [2, "fatal/no,publish"],
])("a fatal end after %i steps names the step", (steps, last) => {
  const { told, tracker } = setup();

  if (steps > 0) tracker.started(1);
  if (steps > 0) tracker.finished(0, steps > 1);
  tracker.ended({ state: { state: "fatal", info: ["no", "build"] }, followsOutput: true });

  expect(told.at(-1)).toBe(last);
});

test("a log that never gets whole holds up the end only until nobody waits", () => {
  const { told, tracker } = setup();
  tracker.started(1);
  tracker.finished(2, true);
  tracker.ended(success);
  expect(tracker.hasEnded()).toBe(false);

  tracker.stopWaiting();

  expect(told).toEqual(["pending", "running/build", "running/publish", "running/clean", "success"]);
});
