import type { OwnRepository } from "#shared/messages/build.ts";
import type { Scheduler } from "./context.ts";
import { selectArtifacts } from "./select-artifacts.ts";
import { currentGeneration, findPublicKey, publishedArtifacts } from "./store/packages.ts";

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
  const needed = selectArtifacts(dependencies, await publishedArtifacts(state));
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
    packages: packages.flat(),
    publicKey: databaseSignature === null ? null : await findPublicKey(state),
  };
};
