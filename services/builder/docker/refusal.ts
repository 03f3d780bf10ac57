import { Fault } from "#shared/fault.ts";

/** The HTTP status of an engine's refusal. */
export const statusOf = (error: unknown) => {
  const status: unknown = error instanceof Error ? Reflect.get(error, "statusCode") : undefined;
  return typeof status === "number" ? status : undefined;
};

/** `Fault` conflict where the engine refused, unavailable where it does not answer; a bug stays what it is. */
export const asFault = (error: unknown, url: string, doing: string): unknown => {
  if (error instanceof Fault || !(error instanceof Error)) return error;
  const status = statusOf(error);
  if (status !== undefined)
    return new Fault("conflict", `the container engine refused ${doing}: ${reasonOf(error)}`, {
      cause: error,
    });
  const code: unknown = Reflect.get(error, "code");
  if (typeof code !== "string") return error;
  return new Fault(
    "unavailable",
    `no container engine answers at ${url} (${code}): start it, or set DOCKER_URL to where it is`,
    { cause: error },
  );
};

/** What the engine said, without what dockerode puts round it. */
export const reasonOf = (error: Error) => {
  const json: unknown = Reflect.get(error, "json");
  const message: unknown = typeof json === "object" && json ? Reflect.get(json, "message") : null;
  return (typeof message === "string" ? message : error.message).trim();
};
