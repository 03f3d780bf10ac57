import { deadline, type Pause } from "#shared/pause.ts";

/** How often a stream is looked at within the time that counts as silence. */
const looks = 3;

/**
 * A stream has no end to wait for: `begun` resolves once nothing was `heard` for `quiet` milliseconds,
 * or after `whole` milliseconds.
 */
export const silenceAfter = (pause: Pause, quiet: number, whole: number) => {
  let silentLooks = 0;
  return {
    heard: () => {
      silentLooks = 0;
    },
    async begun() {
      using late = deadline(pause, whole);
      // One more than fit: the first look comes a part of its time after what was heard.
      while (silentLooks <= looks && !late.signal.aborted) {
        await pause(quiet / looks, late.signal);
        silentLooks += 1;
      }
    },
  };
};
