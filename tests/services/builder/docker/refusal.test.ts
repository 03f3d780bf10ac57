import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { asFault } from "../../../../services/builder/docker/refusal.ts";

const faultOf = (error: unknown) => asFault(error, "unix:///x", "a start");

test("what the engine refuses is a conflict, in its own words", () => {
  const error = Object.assign(new Error("(HTTP code 500) server error - no space "), {
    statusCode: 500,
    json: { message: "no space" },
  });

  expect(faultOf(error)).toMatchObject({
    kind: "conflict",
    message: "the container engine refused a start: no space",
  });
});

test("an engine that does not answer is unavailable", () => {
  const error = Object.assign(new Error("connect ENOENT"), { code: "ENOENT" });

  expect(faultOf(error)).toMatchObject({
    kind: "unavailable",
    message:
      "no container engine answers at unix:///x (ENOENT): start it, or set DOCKER_URL to where it is",
  });
});

test("a bug and a fault stay what they are", () => {
  const bug = new TypeError("x is not a function");
  const fault = new Fault("missing", "no blob");

  expect([faultOf(bug), faultOf(fault)]).toEqual([bug, fault]);
});
