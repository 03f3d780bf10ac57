import type { BuildState } from "#shared/views.ts";
import type { LiveEvent } from "./event.ts";
import { openTranscript } from "./transcript.ts";

/** What is known of a build when its tracking begins. */
export type Known = {
  readonly state: BuildState;
  /** Of the attempt under way. */
  readonly startedAt: number | null;
};

export type Output = { readonly startedAt: number; readonly index: number; readonly text: string };

export type End = { readonly state: BuildState; readonly followsOutput: boolean };

export type Tracker = {
  /** What somebody who comes now has missed: `log` is the inside of a JSON string. */
  sofar(): { readonly state: BuildState; readonly log: readonly string[] };
  hasEnded(): boolean;
  started(at: number): void;
  output(chunk: Output): void;
  /** The builder is done; `outputs` chunks belong to its attempt. */
  finished(outputs: number, built: boolean): void;
  ended(end: End): void;
  /** What has not come by now will not come. */
  stopWaiting(): void;
};

const building: BuildState = { state: "running", info: "build" };
const publishing: BuildState = { state: "running", info: "publish" };
const cleaning: BuildState = { state: "running", info: "clean" };

/**
 * Puts what is heard of one build, on subjects that do not wait for one another, into serene's order:
 * pending, running/build, the whole log, running/publish, running/clean, the end.
 * Each may be heard twice, and each before those that led to it.
 */
export const trackBuild = (known: Known, emit: (event: LiveEvent) => void): Tracker => {
  let state = known.state;
  let attempt = known.startedAt ?? Number.NEGATIVE_INFINITY;
  let transcript = openTranscript();
  let seen = 0;
  /** How many chunks there will be: told by `finished`. */
  let outputs = isPublishing(state) ? 0 : undefined;
  /** Waits for the rest of the log. */
  const held: BuildState[] = [];
  let end: End | undefined;
  let over = false;

  const change = (next: BuildState) => {
    state = next;
    emit({ name: "change", state });
  };
  const start = (at: number) => {
    attempt = at;
    transcript = openTranscript();
    seen = 0;
    if (outputs === undefined) change(building);
  };
  const isWhole = (after?: BuildState) =>
    outputs === undefined ? after && !mayHaveOutput(state, after) : seen >= outputs;
  const finishWhenWhole = () => {
    if (isWhole()) for (const next of held.splice(0)) change(next);
    if (!end || over || (end.followsOutput && !isWhole(end.state))) return;
    over = true;
    if (end.state.state === "success") change(cleaning);
    change(whereItWas(end.state, state));
  };

  change(state);
  return {
    sofar: () => ({ state, log: transcript.pieces() }),
    hasEnded: () => over,
    started(at) {
      if (at > attempt) start(at);
    },
    output({ startedAt, index, text }) {
      if (startedAt > attempt) start(startedAt);
      if (startedAt < attempt || index < seen) return;
      seen = index + 1;
      transcript.add(text);
      emit({ name: "log", text });
      finishWhenWhole();
    },
    finished(count, built) {
      if (outputs !== undefined) return;
      if (state.state === "pending") change(building);
      outputs = count;
      if (built) held.push(publishing);
      finishWhenWhole();
    },
    ended(it) {
      end = it;
      finishWhenWhole();
    },
    stopWaiting() {
      outputs = 0;
      finishWhenWhole();
    },
  };
};

/** What was broken before it started printed nothing. */
const mayHaveOutput = (before: BuildState, end: BuildState) =>
  end.state !== "fatal" || before.state !== "pending";

/** A message about a fatal end names no step; the state before it does. */
const whereItWas = (end: BuildState, before: BuildState): BuildState =>
  end.state === "fatal"
    ? { state: "fatal", info: [end.info[0], before.state === "running" ? before.info : "resolve"] }
    : end;

const isPublishing = (state: BuildState) => state.state === "running" && state.info === "publish";
