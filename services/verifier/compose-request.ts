import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { rebuildRequested } from "#shared/messages/rebuild.ts";
import { readOwnPackages } from "#shared/own-packages.ts";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";
import { readBuildinfo } from "#shared/pacman/package-file.ts";
import { parsePackageFileName } from "#shared/pacman/package-file-name.ts";
import type { Verifier } from "./context.ts";
import { readStored } from "./read-stored.ts";
import { selectOwn } from "./select-own.ts";
import { type Build, findBuilt } from "./store/published.ts";
import type { Rebuild, RebuildArtifact } from "./store/rebuilds.ts";

/** Packages of one container; a statement names no more than 32,766. */
const mostInstalled = 20_000;

/** Pins the source and the settings of the build, and what its package says of where it was built. */
export const composeRequest = async (
  { blobs, state }: Pick<Verifier, "blobs" | "state">,
  { id, pkgbase, arch }: Rebuild,
  build: Build,
  artifacts: readonly RebuildArtifact[],
): Promise<Payload<typeof rebuildRequested>> => {
  const asked = build.request;
  if (!asked) throw new Fault("missing", `the record of build ${build.id} lacks what was asked`);
  const [artifact] = artifacts;
  if (!artifact) throw new Fault("missing", `no package of ${pkgbase} is published any more`);
  // The packages of one pkgbase differ in nothing of it that is used here but pkgname and pkgarch.
  const buildinfo = await readBuildinfo(await readStored(blobs, artifact));
  if (!buildinfo) throw new Fault("invalid", `${artifact.filename} has no .BUILDINFO`);
  const { builddate, installed } = parseBuildinfo(new TextDecoder().decode(buildinfo));
  if (installed.length > mostInstalled)
    throw new Fault(
      "invalid",
      `${artifact.filename} says that ${installed.length} packages were installed, expected at most ${mostInstalled}`,
    );

  const built = await findBuilt(state, installed);
  const known = [
    ...(asked.repository ? await readOwnPackages(blobs, asked.repository) : []),
    ...built.map(({ filename, ...blob }) => ({ filename, blob })),
  ];
  return {
    rebuild: id,
    arch,
    pkgbase,
    source: asked.source,
    buildinfo: await blobs.put(buildinfo),
    sourceDateEpoch: builddate === undefined ? asked.sourceDateEpoch : builddate / 1_000,
    extension: parsePackageFileName(artifact.filename).extension,
    own: selectOwn(installed, known),
    hasSources: asked.hasSources,
    flags: asked.flags,
    // Builds of kiln 0.1.0 were given none.
    keys: asked.keys ?? [],
    prepare: asked.prepare,
    builtBy: build.builder,
    pkgrel: build.pkgrel,
  };
};
