import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Payload } from "#shared/bus/declare.ts";
import type { BuildOutcome, buildRequested, Step } from "#shared/messages/build.ts";
import type { Measurements } from "#shared/messages/facts.ts";
import type { OwnRepository } from "#shared/messages/own-repository.ts";
import type { Pause } from "#shared/pause.ts";
import { capture } from "./capture.ts";
import { collect } from "./collect.ts";
import type { Exit } from "./docker/engine.ts";
import { spent } from "./measure.ts";
import { neededRepository, repositoryEntries } from "./own-repository.ts";
import type { Progress } from "./progress.ts";
import { done, look, only, type Row, runEach, runSteps, type Stage } from "./run-steps.ts";
import { setPkgrel } from "./set-pkgrel.ts";
import { sourceEntries } from "./source.ts";
import { fetchSources, keyEntries } from "./source-keys.ts";
import * as steps from "./steps.ts";
import { fileEntry, packTar } from "./tar.ts";

export type Attempt = Stage<Step> & {
  readonly request: Payload<typeof buildRequested>;
  readonly blobs: Blobs;
  readonly pause: Pause;
  readonly packager: string | undefined;
  readonly repositoryUrl: string | undefined;
  /** An http(s) URL. */
  readonly keyserver: string | undefined;
  readonly progress: Pick<Progress<Step>, "step" | "enter">;
  readonly found: Found;
};

/** What is seen of a build while it runs; null where it did not come so far. */
export type Found = {
  measurements: Measurements | null;
  /** What `pacman -Q` printed once the dependencies were installed. */
  installed: Uint8Array | null;
};

/** Takes a build through its steps in a container that was started for it. */
export const drive = async (attempt: Attempt): Promise<BuildOutcome> => {
  const unbuilt = await runSteps(attempt, plan(attempt));
  if (unbuilt) return unbuilt;
  attempt.progress.enter("packages");
  return collect(attempt);
};

/** The steps a build has, each as what it does. */
const plan = (attempt: Attempt): readonly Row<Step>[] => {
  const { container, request, packager, repositoryUrl, keyserver, found } = attempt;
  const { dependencies, flags, hasSources, prepare } = request;
  const repository = neededRepository(request.repository, repositoryUrl);
  const environment = steps.environmentOf(request.sourceDateEpoch, packager);

  return [
    [
      "container",
      async () => {
        const tar = packTar(entries(attempt, repository), request.sourceDateEpoch);
        await container.put(tar);
        return done;
      },
    ],
    [
      "system",
      () =>
        runEach(
          attempt,
          ...(isSigned(repository) ? [steps.keyCommand] : []),
          ...steps.systemCommands,
        ),
    ],
    ...only(prepare !== null, ["prepare", () => runEach(attempt, steps.prepareCommand)]),
    ...only(dependencies.length > 0, ["dependencies", () => installMissing(attempt, dependencies)]),
    ...only(hasSources, [
      "sources",
      async () => {
        await recordInstalled(attempt);
        const command = steps.sourcesCommand(flags, environment);
        return fetchSources(attempt, { command, keyserver });
      },
    ]),
    [
      "build",
      async () => {
        if (!hasSources) await recordInstalled(attempt);
        const before = await look(container);
        const exit = await runEach(attempt, steps.buildCommand(flags, environment));
        const after = await look(container);
        found.measurements = before && after ? spent(before, after) : null;
        return exit;
      },
    ],
  ];
};

const numberingOf = ({ pkgbase, version, pkgrel }: Attempt["request"]) =>
  pkgrel === null ? undefined : (text: string) => setPkgrel(text, { pkgbase, version, pkgrel });

const isSigned = (repository: OwnRepository | null) => typeof repository?.publicKey === "string";

async function* entries(
  { blobs, request, repositoryUrl }: Attempt,
  repository: OwnRepository | null,
) {
  const { source, prepare, keys } = request;
  yield* sourceEntries(blobs, source, undefined, numberingOf(request));
  yield* keyEntries(keys);
  if (prepare !== null) yield fileEntry(steps.preparePath.slice(1), prepare);
  if (repository) yield* repositoryEntries(blobs, repository, repositoryUrl);
}

const installMissing = async (attempt: Attempt, dependencies: readonly string[]): Promise<Exit> => {
  const { container, output } = attempt;
  const asked = await capture(container, steps.missingCommand(dependencies), 1024 * 1024);
  output.write(asked.stderr);
  const isAnswer = asked.exit.kind === "exited" && [0, 127].includes(asked.exit.code);
  if (!isAnswer) return asked.exit;
  const missing = new TextDecoder().decode(asked.stdout).split("\n").filter(Boolean);
  if (missing.length === 0) return done;
  return runEach(attempt, steps.installCommand(missing));
};

const recordInstalled = async ({ container, found }: Attempt) => {
  const { exit, stdout } = await capture(container, steps.listInstalledCommand, 4 * 1024 ** 2);
  if (exit.kind === "exited" && exit.code === 0) found.installed = stdout;
};
