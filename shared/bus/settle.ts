import { Fault, type FaultKind } from "#shared/fault.ts";
import { minutes, seconds } from "#shared/time.ts";

/** What becomes of a message whose handler failed. */
export type Settlement =
  | { readonly kind: "retry"; readonly after: number }
  | { readonly kind: "drop" };

/** How often a message may fail before it is given up. */
const patience: Record<FaultKind, number> = {
  invalid: 1,
  unauthenticated: 1,
  forbidden: 1,
  missing: 1,
  conflict: 10,
  unavailable: Number.POSITIVE_INFINITY,
};

/** A bug is retried as long as a conflict: a deploy may fix it. */
const patienceWithBugs = patience.conflict;

/** `failures` counts this one, so it is 1 at first. Retries back off from one second to five minutes. */
export const settle = (error: unknown, failures: number): Settlement => {
  const limit = error instanceof Fault ? patience[error.kind] : patienceWithBugs;
  return failures >= limit
    ? { kind: "drop" }
    : { kind: "retry", after: Math.min(seconds(2 ** (failures - 1)), minutes(5)) };
};
