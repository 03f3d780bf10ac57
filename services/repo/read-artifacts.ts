import { Fault } from "#shared/fault.ts";
import { type PackageFile, readPackageFile } from "#shared/pacman/package-file.ts";
import type { Pkginfo } from "#shared/pacman/pkginfo.ts";
import { isDebug, type Promised } from "./check-artifacts.ts";
import type { Repo } from "./context.ts";

type Built = { readonly filename: string; readonly sha256: string; readonly bytes: number };

export type Artifact = Built & {
  readonly pkginfo: Pkginfo;
  readonly files: PackageFile["files"];
};

/** Reads what a build made, but for its debug packages. A `Fault` names the file that cannot be read. */
export const readArtifacts = async (
  { blobs }: Pick<Repo, "blobs">,
  built: readonly Built[],
  promised: Promised,
): Promise<Artifact[]> => {
  const artifacts: Artifact[] = [];
  for (const file of built) {
    if (isDebug(file.filename, promised)) continue;
    try {
      const { pkginfo, files } = await readPackageFile(await blobs.read(file.sha256));
      artifacts.push({ ...file, pkginfo, files });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault(error.kind, `${file.filename} cannot be read: ${error.message}`, {
        cause: error,
      });
    }
  }
  return artifacts;
};
