import pc from "picocolors";
import type { World } from "./world.ts";

export type Colours = ReturnType<typeof pc.createColors>;

/** Only on a terminal, and not where NO_COLOR is set (no-color.org). */
export const coloursFor = ({ output, environment }: Pick<World, "output" | "environment">) =>
  pc.createColors(output.isTerminal && !environment.NO_COLOR && environment.TERM !== "dumb");
