import type { Verifier } from "./context.ts";
import type { Compared, Finding } from "./judge.ts";
import { hashStored } from "./read-stored.ts";
import { recordedOf } from "./store/published.ts";
import type { Rebuild, RebuildArtifact } from "./store/rebuilds.ts";

/** Holds what is served, as it lies there, to the record of what was built. */
export const checkServed = async (
  { blobs, state }: Pick<Verifier, "blobs" | "state">,
  { build }: Rebuild,
  artifacts: readonly RebuildArtifact[],
): Promise<Compared[]> => {
  const recorded = await recordedOf(state, build);
  const checked: Compared[] = [];
  for (const artifact of artifacts) {
    const { filename } = artifact;
    const found = await hashStored(blobs, artifact);
    const sha256 = recorded.get(filename) ?? artifact.sha256;
    const finding: Finding =
      found === sha256 ? { kind: "unknown" } : { kind: "not-as-built", sha256: found };
    checked.push({ filename, sha256, rebuiltSha256: null, finding });
  }
  return checked;
};
