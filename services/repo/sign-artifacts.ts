import { sign } from "#shared/messages/sign.ts";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { entryOf, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import type { Repo } from "./context.ts";
import type { Artifact } from "./read-artifacts.ts";
import type { ArtifactRow } from "./store/commit.ts";

/** Signs package files and makes their rows. Files lists go into the blob store. */
export const signArtifacts = async (
  { ask, blobs }: Pick<Repo, "ask" | "blobs">,
  build: BuildId,
  pkgbase: Pkgbase,
  artifacts: readonly Artifact[],
): Promise<ArtifactRow[]> => {
  const rows: ArtifactRow[] = [];
  for (const { filename, sha256, bytes, pkginfo, files } of artifacts) {
    const answer = await ask(sign, { kind: "artifact", build, blob: { sha256, bytes } });
    const signature = answer.kind === "signed" ? answer.signature : null;
    const entry = entryOf(
      { ...pkginfo, pkgbase },
      {
        filename,
        sha256,
        bytes,
        ...(signature !== null && { signature: Buffer.from(signature, "base64") }),
      },
      files,
    );
    const list = await blobs.put(Buffer.from(formatFiles(files)));
    rows.push({
      pkgname: pkginfo.pkgname,
      pkgbase,
      version: pkginfo.pkgver,
      arch: pkginfo.arch,
      filename,
      sha256,
      bytes,
      depends: pkginfo.depend,
      provides: pkginfo.provides,
      signature,
      desc: formatDesc(entry.desc),
      filesSha256: list.sha256,
    });
  }
  return rows;
};
