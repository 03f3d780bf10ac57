import type { OwnRepository } from "#shared/messages/own-repository.ts";
import { listOwnPackages } from "#shared/own-packages.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import { findPublicKey } from "#shared/state/signatures.ts";
import type { Scheduler } from "./context.ts";
import { selectArtifacts } from "./select-artifacts.ts";
import { currentGeneration, type PublishedArtifact, publishedArtifacts } from "./store/packages.ts";

type File = OwnRepository["packages"][number];

/** kiln's own repository as a build with these dependencies needs it; null before the first generation. */
export const ownRepository = async (
  { blobs, config, state }: Scheduler,
  dependencies: readonly string[],
): Promise<OwnRepository | null> => {
  const generation = await currentGeneration(state);
  if (!generation) return null;
  const { databaseSha256, databaseBytes, databaseSignature } = generation;

  const signed = async (file: File, signature: string | null): Promise<File[]> => {
    if (signature === null) return [file];
    const blob = await blobs.put(Buffer.from(signature, "base64"));
    return [file, { filename: `${file.filename}.sig`, blob }];
  };
  const needed = await closureOf(dependencies, (names) => publishedArtifacts(state, names));
  const packages = await Promise.all(
    needed.map(({ filename, sha256, bytes, signature }) =>
      signed({ filename, blob: { sha256, bytes } }, signature),
    ),
  );
  return {
    name: config.NAME,
    generation: generation.number,
    databases: await signed(
      {
        filename: `${config.NAME}.db`,
        blob: { sha256: databaseSha256, bytes: databaseBytes },
      },
      databaseSignature,
    ),
    packages: [],
    list: await listOwnPackages(blobs, packages.flat()),
    publicKey: databaseSignature === null ? null : ((await findPublicKey(state.read)) ?? null),
  };
};

/** Reads by the names that are asked for, and by those that these ask for, until there are no new ones. */
const closureOf = async (
  dependencies: readonly string[],
  read: (names: readonly string[]) => Promise<readonly PublishedArtifact[]>,
): Promise<readonly PublishedArtifact[]> => {
  const known = new Map<string, PublishedArtifact>();
  const asked = new Set<string>();
  let selected: readonly PublishedArtifact[] = [];
  for (;;) {
    const texts = [...dependencies, ...selected.flatMap(({ depends }) => depends)];
    const names = texts.map((text) => parseDependency(text).name).filter((it) => !asked.has(it));
    if (names.length === 0) return selected;
    for (const name of names) asked.add(name);
    for (const row of await read([...new Set(names)])) known.set(row.pkgname, row);
    selected = selectArtifacts(dependencies, [...known.values()]);
  }
};
