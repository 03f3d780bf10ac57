import type { BuildInfo, BuildState } from "#shared/views.ts";
import type { Colours } from "./colours.ts";
import { oneLine } from "./printable.ts";
import type { Cell } from "./table.ts";

export const isFinal = ({ state }: BuildState) => state !== "pending" && state !== "running";

/** A build's state in a word or two. */
export const wordOf = (state: BuildState) =>
  state.state === "running" ? `running (${state.info})` : state.state;

/** Why a build ended as it did, where that is told. */
export const reasonOf = (state: BuildState) => {
  if (state.state === "cancelled") return oneLine(state.info);
  if (state.state === "fatal") return `${state.info[1]}: ${oneLine(state.info[0])}`;
  return undefined;
};

export const stateCell = (build: BuildInfo | null, colours: Colours): Cell =>
  build
    ? { text: wordOf(build.state), paint: paintOf(build.state, colours) }
    : { text: "never built", paint: colours.dim };

export const paintOf = ({ state }: BuildState, colours: Colours) =>
  ({
    pending: colours.yellow,
    running: colours.cyan,
    success: colours.green,
    failure: colours.red,
    fatal: colours.red,
    cancelled: colours.magenta,
  })[state];
