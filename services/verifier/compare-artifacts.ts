import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { Artifact } from "#shared/messages/build.ts";
import { compareBytes } from "./compare-bytes.ts";
import type { Verifier } from "./context.ts";
import type { Compared, Finding } from "./judge.ts";
import { hashStored, readStored } from "./read-stored.ts";
import { recordedOf } from "./store/published.ts";
import type { Rebuild, RebuildArtifact } from "./store/rebuilds.ts";

/** Compares each package that is served, as it lies there, with the one of its name that was made again. */
export const compareArtifacts = async (
  { blobs, state }: Pick<Verifier, "blobs" | "state">,
  { build }: Rebuild,
  artifacts: readonly RebuildArtifact[],
  made: readonly Artifact[],
): Promise<Compared[]> => {
  const recorded = await recordedOf(state, build);
  const compared: Compared[] = [];
  for (const artifact of artifacts) {
    const { filename } = artifact;
    const sha256 = recorded.get(filename) ?? artifact.sha256;
    const rebuilt = made.find((it) => it.filename === filename);
    compared.push({
      ...{ filename, sha256 },
      rebuiltSha256: rebuilt?.blob.sha256 ?? null,
      finding: await find(blobs, { ...artifact, recorded: sha256 }, rebuilt),
    });
  }
  return compared;
};

type Served = RebuildArtifact & { readonly recorded: string };

const find = async (
  blobs: Blobs,
  served: Served,
  rebuilt: Artifact | undefined,
): Promise<Finding> => {
  const sha256 = await hashStored(blobs, served);
  if (sha256 !== served.recorded) return { kind: "not-as-built", sha256 };
  if (!rebuilt) return { kind: "not-made" };

  const made = await readStored(blobs, rebuilt.blob);
  const { sha256: hashes, differsAt } = await compareBytes(await readStored(blobs, served), made);
  if (hashes[1] !== rebuilt.blob.sha256)
    throw new Fault("invalid", `blob ${rebuilt.blob.sha256} is damaged: it hashes to ${hashes[1]}`);
  return differsAt === undefined ? { kind: "equal" } : { kind: "differs", at: differsAt };
};
