import { days } from "#shared/time.ts";

/** A put of a blob that the store has sets the blob's time to now where that time is older than this. */
export const renewAfter = days(1);

/**
 * Milliseconds that a blob stays which no table names, counted from its last put; `buildTimeout` in milliseconds.
 *
 * A blob is put first and named later. In between, its hash is in the memory of a process, for a build at most, and then
 * in a message; a sweep waits while a message is older than half of the grace. So half of the grace must be longer than
 * a build and `renewAfter` together.
 */
export const graceOf = (buildTimeout: number) => Math.max(days(7), 2 * (buildTimeout + days(2)));
