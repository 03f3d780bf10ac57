/** States of a build that something is still to follow. */
export const unfinishedStates = ["pending", "requested", "running", "publishing"] as const;

export const isUnfinished = (state: string) => unfinishedStates.some((it) => it === state);

/** Whether a build holds one of its session's places. */
export const isActive = (state: string) => isUnfinished(state) && state !== "pending";
