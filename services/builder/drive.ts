import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Payload } from "#shared/bus/declare.ts";
import type {
  BuildOutcome,
  buildRequested,
  Measurements,
  OwnRepository,
  Step,
} from "#shared/messages/build.ts";
import { capture } from "./capture.ts";
import { collect } from "./collect.ts";
import type { Limits } from "./container-spec.ts";
import type { Command, Container, Exit } from "./docker/engine.ts";
import { readUsage, spent, usageCommand } from "./measure.ts";
import { failed, gone } from "./outcome.ts";
import type { Output } from "./output.ts";
import { repositoryEntries } from "./own-repository.ts";
import { sourceEntries } from "./source.ts";
import * as steps from "./steps.ts";
import { fileEntry, packTar } from "./tar.ts";

export type Attempt = {
  readonly container: Container;
  readonly request: Payload<typeof buildRequested>;
  readonly blobs: Blobs;
  readonly output: Output;
  readonly limits: Limits;
  readonly packager: string | undefined;
  readonly repositoryUrl: string | undefined;
  /** How far it is, for whoever has to stop it. */
  readonly progress: Progress;
};

export type Progress = { step: Step; measurements: Measurements | null };

type Row = readonly [step: Step, act: () => Promise<Exit>];

const done: Exit = { kind: "exited", code: 0 };

/** Takes a build through its steps in a container that was started for it. */
export const drive = async (attempt: Attempt): Promise<BuildOutcome> => {
  const { container, output, progress, limits } = attempt;
  for (const [step, act] of plan(attempt)) {
    progress.step = step;
    if (step !== "container") output.say(steps.headings[step]);
    const exit = await act();
    if (exit.kind === "gone") return gone(step);
    if (exit.code !== 0) return failed(step, exit.code, await look(container), limits);
  }
  progress.step = "packages";
  output.say(steps.headings.packages);
  return collect(attempt);
};

/** The steps a build has, each as what it does. */
const plan = ({
  container,
  request,
  blobs,
  output,
  packager,
  repositoryUrl,
  progress,
}: Attempt): readonly Row[] => {
  const { dependencies, flags, hasSources, prepare, repository } = request;
  const environment = steps.environmentOf(request.sourceDateEpoch, packager);
  const run = (...commands: readonly Command[]) => runEach(container, commands, output);

  return [
    [
      "container",
      async () => {
        await container.put(packTar(entries(blobs, request, repositoryUrl)));
        return done;
      },
    ],
    ["system", () => run(...(isSigned(repository) ? [steps.keyCommand] : []), steps.systemCommand)],
    ...only(prepare !== null, ["prepare", () => run(steps.prepareCommand)]),
    ...only(dependencies.length > 0, [
      "dependencies",
      () => installMissing(container, dependencies, output),
    ]),
    ...only(hasSources, ["sources", () => run(steps.sourcesCommand(flags, environment))]),
    [
      "build",
      async () => {
        const before = await look(container);
        const exit = await run(steps.buildCommand(flags, environment));
        const after = await look(container);
        progress.measurements = before && after ? spent(before, after) : null;
        return exit;
      },
    ],
  ];
};

const only = (wanted: boolean, row: Row): readonly Row[] => (wanted ? [row] : []);

const isSigned = (repository: OwnRepository | null) => typeof repository?.publicKey === "string";

async function* entries(
  blobs: Blobs,
  { source, prepare, repository }: Attempt["request"],
  repositoryUrl: string | undefined,
) {
  yield* sourceEntries(blobs, source);
  if (prepare !== null) yield fileEntry(steps.preparePath.slice(1), prepare);
  if (repository) yield* repositoryEntries(blobs, repository, repositoryUrl);
}

/** Runs programs up to the first that fails. */
const runEach = async (
  container: Container,
  commands: readonly Command[],
  output: Output,
): Promise<Exit> => {
  for (const command of commands) {
    const exit = await container.run(command, ({ bytes }) => output.write(bytes));
    if (exit.kind === "gone" || exit.code !== 0) return exit;
  }
  return done;
};

const installMissing = async (
  container: Container,
  dependencies: readonly string[],
  output: Output,
): Promise<Exit> => {
  const asked = await capture(container, steps.missingCommand(dependencies), 1024 * 1024);
  output.write(asked.stderr);
  const isAnswer = asked.exit.kind === "exited" && [0, 127].includes(asked.exit.code);
  if (!isAnswer) return asked.exit;
  const missing = new TextDecoder().decode(asked.stdout).split("\n").filter(Boolean);
  if (missing.length === 0) return done;
  return runEach(container, [steps.installCommand(missing)], output);
};

/** What the container has used; nothing where it cannot be read any more. */
const look = async (container: Container) => {
  const { exit, stdout } = await capture(container, usageCommand, 64 * 1024);
  if (exit.kind === "gone" || exit.code !== 0) return undefined;
  return readUsage(new TextDecoder().decode(stdout));
};
