import { capture } from "./capture.ts";
import type { Limits } from "./container-spec.ts";
import type { Command, Container, Exit } from "./docker/engine.ts";
import { readUsage, usageCommand } from "./measure.ts";
import { type AnyStep, failed, gone, type Unbuilt } from "./outcome.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";
import { refusals } from "./refusals.ts";

/** A step as what it does. */
export type Row<S extends AnyStep> = readonly [step: S, act: () => Promise<Exit>];

export type Stage<S extends AnyStep> = {
  readonly container: Container;
  readonly output: Output;
  /** Its time is over, or nobody wants it any more. */
  readonly stopped: AbortSignal;
  readonly limits: Limits;
  /** How far it is, for whoever has to stop it. */
  readonly progress: Pick<Progress<S>, "step" | "enter">;
};

export const done: Exit = { kind: "exited", code: 0 };

export const only = <S extends AnyStep>(wanted: boolean, row: Row<S>): readonly Row<S>[] =>
  wanted ? [row] : [];

/** Takes a container through steps, up to the first that fails, which is then the outcome. */
export const runSteps = async <S extends AnyStep>(
  stage: Stage<S>,
  rows: readonly Row<S>[],
): Promise<Unbuilt<S> | undefined> => {
  const { container, limits, output } = stage;
  for (const [step, act] of rows) {
    if (step !== stage.progress.step) stage.progress.enter(step);
    const exit = await act();
    if (exit.kind === "gone") return gone(step);
    if (exit.code !== 0) {
      for (const line of refusals(await container.refused())) output.say(line);
      return failed(step, exit.code, await look(container), limits);
    }
  }
  return undefined;
};

/** Runs programs up to the first that fails. */
export const runEach = async (
  { container, output }: Pick<Stage<AnyStep>, "container" | "output">,
  ...commands: readonly Command[]
): Promise<Exit> => {
  for (const command of commands) {
    const exit = await container.run(command, ({ bytes }) => output.write(bytes));
    if (exit.kind === "gone" || exit.code !== 0) return exit;
  }
  return done;
};

/** What the container has used; nothing where it cannot be read any more. */
export const look = async (container: Container) => {
  const { exit, stdout } = await capture(container, usageCommand, 64 * 1024);
  if (exit.kind === "gone" || exit.code !== 0) return undefined;
  return readUsage(new TextDecoder().decode(stdout));
};
