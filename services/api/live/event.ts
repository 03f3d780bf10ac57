import type { BuildState } from "#shared/views.ts";

/** What a subscriber of a package is told. */
export type LiveEvent =
  | { readonly name: "change"; readonly state: BuildState }
  | { readonly name: "log"; readonly text: string };

/** An event as its subscribers get it: id, event and data on a line each. Keys are sorted, as serene's are. */
export const frameOf = (pkgbase: string, event: LiveEvent) =>
  `id: ${pkgbase}\nevent: ${event.name}\ndata: ${dataOf(event)}\n\n`;

/** The frames of what somebody who comes late has missed; those of its log are parts of one. */
export const missedFrames = (pkgbase: string, state: BuildState, log: readonly string[]) => [
  frameOf(pkgbase, { name: "change", state }),
  `id: ${pkgbase}\nevent: log\ndata: "`,
  ...log,
  '"\n\n',
];

/** Keeps the connection, and shows whether somebody is still there. */
export const ping = "id: \nevent: ping\ndata: null\n\n";

const dataOf = (event: LiveEvent) => {
  if (event.name === "log") return JSON.stringify(event.text);
  const { state } = event;
  return JSON.stringify("info" in state ? { info: state.info, state: state.state } : state);
};
