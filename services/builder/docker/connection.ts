import type Docker from "dockerode";
import type { Limit } from "./limit.ts";

/** What the parts of the adapter ask an engine by. */
export type Connection = {
  readonly docker: Docker;
  /** For requests that take no signal: its connections end a moment after the limit does. */
  readonly brief: Docker;
  readonly url: string;
  readonly limit: Limit;
};
