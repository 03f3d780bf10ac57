import { pause } from "#shared/pause.ts";
import type { World } from "./define.ts";

/** Time that passes and chance, as this machine has them. The clock is not among them: callers pass `now`. */
export const machine: Pick<World, "pause" | "newId" | "random"> = {
  pause,
  newId: () => crypto.randomUUID(),
  random: () => Math.random(),
};
