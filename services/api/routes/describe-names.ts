import { describeRoute } from "hono-openapi";

export const describeBuildName = describeRoute({
  parameters: [
    {
      name: "id",
      in: "path",
      required: true,
      schema: {
        anyOf: [
          { type: "string", enum: ["latest"] },
          { type: "string", pattern: "^[0-9]{1,15}$" },
          { type: "string", format: "date-time" },
        ],
      },
      description:
        "`latest`, the number of builds that the package had before it, or the time when it was ordered",
    },
  ],
});

export const describeCount = describeRoute({
  parameters: [
    {
      name: "count",
      in: "query",
      required: false,
      schema: { type: "integer", minimum: 0, maximum: 0xffff_ffff },
      description: "How many at most. Absent: all",
    },
  ],
});
