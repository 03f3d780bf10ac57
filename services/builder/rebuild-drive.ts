import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Payload } from "#shared/bus/declare.ts";
import type { RebuildOutcome, RebuildStep, rebuildRequested } from "#shared/messages/rebuild.ts";
import type { Version } from "#shared/model.ts";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";
import type { Pause } from "#shared/pause.ts";
import { takePackages } from "./collect.ts";
import type { Command } from "./docker/engine.ts";
import { entryOf } from "./installed-set.ts";
import { makeEqual } from "./make-equal.ts";
import { directoriesCommand, gatheredPath, makepkgConfPath } from "./rebuild-steps.ts";
import { type Recorded, recordedOf } from "./recorded.ts";
import { done, only, type Row, runEach, runSteps, type Stage } from "./run-steps.ts";
import { setPkgrel } from "./set-pkgrel.ts";
import { sourceEntries } from "./source.ts";
import { fetchSources, keyEntries } from "./source-keys.ts";
import * as steps from "./steps.ts";
import { type Entry, fileEntry, packTar } from "./tar.ts";

export type Attempt = Stage<RebuildStep> & {
  readonly request: Payload<typeof rebuildRequested>;
  readonly blobs: Blobs;
  readonly pause: Pause;
  readonly archive: string;
  /** An http(s) URL. */
  readonly keyserver: string | undefined;
};

/** Takes a rebuild through its steps in a container that was started for it. */
export const driveRebuild = async (attempt: Attempt): Promise<RebuildOutcome> => {
  const { blobs, request } = attempt;
  const text = new TextDecoder().decode(await blobs.bytes(request.buildinfo.sha256));
  const buildinfo = parseBuildinfo(text);
  const recorded = recordedOf(buildinfo, request);
  const unbuilt = await runSteps(attempt, plan(attempt, recorded, buildinfo.pkgver));
  if (unbuilt) return unbuilt;
  attempt.progress.enter("packages");
  return { kind: "rebuilt", artifacts: await takePackages(attempt) };
};

/** As a build's, but that what is installed is not what is newest. */
const plan = (
  attempt: Attempt,
  recorded: Recorded,
  version: Version,
): readonly Row<RebuildStep>[] => {
  const { container, output, request, archive, keyserver } = attempt;
  const { flags, hasSources, prepare } = request;
  const { startdir, builddir, environment, installed } = recorded;
  const own = ownOf(attempt, recorded).map(({ filename }) => filename);
  const there = (command: Command) => runEach(attempt, { ...command, directory: startdir });

  return [
    [
      "container",
      async () => {
        const exit = await runEach(attempt, directoriesCommand(startdir, builddir));
        if (exit.kind === "gone" || exit.code !== 0) return exit;
        await container.put(packTar(entries(attempt, recorded, version), request.sourceDateEpoch));
        return done;
      },
    ],
    ...only<RebuildStep>(prepare !== null, [
      "prepare",
      () => runEach(attempt, ...steps.systemCommands, steps.prepareCommand),
    ]),
    [
      "installed",
      async () => {
        await makeEqual({ container, output, recorded: installed, own, archive });
        return done;
      },
    ],
    ...only<RebuildStep>(hasSources, [
      "sources",
      () => {
        const command = { ...steps.sourcesCommand(flags, environment), directory: startdir };
        return fetchSources(attempt, { command, keyserver });
      },
    ]),
    ["build", () => there(steps.buildCommand(flags, environment))],
  ];
};

/** Of the packages that are our own, those that were installed. */
const ownOf = ({ request }: Attempt, { installed }: Recorded) =>
  request.own.filter(({ filename }) => installed.includes(entryOf(filename)));

async function* entries(
  attempt: Attempt,
  recorded: Recorded,
  version: Version,
): AsyncGenerator<Entry> {
  const { blobs, request } = attempt;
  const { pkgbase, pkgrel } = request;
  const edit =
    pkgrel === null ? undefined : (text: string) => setPkgrel(text, { pkgbase, version, pkgrel });
  yield* sourceEntries(blobs, request.source, recorded.startdir, edit);
  yield* keyEntries(request.keys);
  if (request.prepare !== null) yield fileEntry(steps.preparePath.slice(1), request.prepare);
  yield fileEntry(makepkgConfPath.slice(1), recorded.makepkgConf);
  yield { kind: "directory", name: gatheredPath.slice(1), owner: "root", mode: 0o755 };
  for (const { filename, blob } of ownOf(attempt, recorded))
    yield {
      kind: "file",
      name: `${gatheredPath.slice(1)}/${filename}`,
      owner: "root",
      mode: 0o644,
      bytes: blob.bytes,
      content: await blobs.read(blob.sha256),
    };
}
