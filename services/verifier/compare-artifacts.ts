import type { Artifact } from "#shared/messages/build.ts";
import { compareBytes } from "./compare-bytes.ts";
import type { Verifier } from "./context.ts";
import type { Compared, Finding } from "./judge.ts";
import { hashServed, readServed } from "./read-served.ts";
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
  const find = async (artifact: RebuildArtifact, sha256: string): Promise<Finding> => {
    const again = made.find(({ filename }) => filename === artifact.filename);
    const served = again && (await readServed(blobs, artifact));
    const { sha256: found, differsAt } = served
      ? await compareBytes(served, await blobs.read(again.blob.sha256))
      : { sha256: await hashServed(blobs, artifact) };
    if (found !== sha256) return { kind: "not-as-built", sha256: found };
    if (!again) return { kind: "not-made" };
    return differsAt === undefined ? { kind: "equal" } : { kind: "differs", at: differsAt };
  };
  const compared: Compared[] = [];
  for (const artifact of artifacts) {
    const { filename } = artifact;
    const sha256 = recorded.get(filename) ?? artifact.sha256;
    const rebuilt = made.find((it) => it.filename === filename);
    compared.push({
      ...{ filename, sha256 },
      rebuiltSha256: rebuilt?.blob.sha256 ?? null,
      finding: await find(artifact, sha256),
    });
  }
  return compared;
};
