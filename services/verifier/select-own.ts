import type { BlobReference } from "#shared/model.ts";

export type PackageFile = { readonly filename: string; readonly blob: BlobReference };

/** `pkgname-version-arch`, as .BUILDINFO names what was installed; undefined for a signature. */
const nameOf = (filename: string) => /^(.+)\.pkg\.tar(?:\.[a-z0-9]+)?$/.exec(filename)?.[1];

/** Of what was installed, the files that are known, each once: the first one by its name. */
export const selectOwn = (
  installed: readonly string[],
  known: readonly PackageFile[],
): PackageFile[] => {
  const byName = new Map<string, PackageFile>();
  for (const file of known) {
    const name = nameOf(file.filename);
    if (name !== undefined && !byName.has(name)) byName.set(name, file);
  }
  return [...new Set(installed)].flatMap((name) => byName.get(name) ?? []);
};
