import { type Refusals, usualStatuses } from "./refusals.ts";

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** A refusal as a document of its own, for people and programs. Source: RFC 9457. */
export const problem = (status: number, detail: string, more: object = {}) =>
  new Response(
    JSON.stringify({ type: "about:blank", title: titles[status], status, detail, ...more }),
    { status, headers: { "content-type": "application/problem+json" } },
  );

/** How the routes that are kiln's own refuse. */
export const problems: Refusals = {
  statusOf: usualStatuses,
  mediaType: "application/problem+json",
  refuse: (status, message) => problem(status, message),
};
