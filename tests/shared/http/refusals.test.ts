import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { makeProblemApp } from "../../support/problem-app.ts";

const get = async (error: Error) => {
  const app = makeProblemApp(() => Promise.reject(error), { readable: true });
  const response = await app.request("/cakes");
  return [response.headers.get("content-type"), await response.json()];
};

test("an app answers faults by its own table", async () => {
  expect(await get(new Fault("invalid", "no cake has 3 sides"))).toEqual([
    "application/problem+json",
    { status: 422, detail: "no cake has 3 sides" },
  ]);
});

test("the answer to a bug says nothing about the bug", async () => {
  expect(await get(new Error("the oven exploded"))).toEqual([
    "application/problem+json",
    { status: 500, detail: "internal error" },
  ]);
});
