/** States of a build that something is still to follow. */
export const unfinishedStates = ["pending", "requested", "running", "publishing"] as const;

const unfinished: ReadonlySet<string> = new Set(unfinishedStates);

export const isUnfinished = (state: string) => unfinished.has(state);

/** Whether a build holds one of its session's places. */
export const isActive = (state: string) => isUnfinished(state) && state !== "pending";
