import { generateSpecs } from "hono-openapi";
import { expect, test } from "vitest";
import { makeProblemApp } from "../../support/problem-app.ts";

test("refusals are described by what the app answers", async () => {
  const { paths } = await generateSpecs(makeProblemApp(async () => ""));

  expect(paths?.["/cakes"]?.get?.responses).toEqual({
    200: { description: "List cakes" },
    401: { description: "No secret was sent", content: { "application/problem+json": {} } },
    403: {
      description: "The secret is not authorized",
      content: { "application/problem+json": {} },
    },
    503: {
      description: "A part of kiln does not answer",
      content: { "application/problem+json": {} },
    },
  });
});
