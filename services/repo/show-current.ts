import type { Repo } from "./context.ts";
import type { Files, ServedFile } from "./served-files.ts";

/**
 * Brings the directory of plain files up to the current generation: new packages first, then the databases.
 * What left the repository stays until `tidy` takes it away. At the first time everything is looked at.
 */
export const showCurrent = (context: Repo) =>
  context.showing(async () => {
    const { blobs, directory, shown, view } = context;
    const { files } = await view();
    for (const [name, file] of files) {
      if (shown.get(name) === identityOf(file)) continue;
      await directory.put(name, file, blobs);
      shown.set(name, identityOf(file));
      if (lacksSignature(files, name, file)) await forget(context, `${name}.sig`);
    }
  });

/** Takes away files that left the repository longer ago than `grace`. */
export const tidy = (context: Repo, grace: number) =>
  context.showing(async () => {
    const { files, retired } = await context.view();
    for (const [name, { retiredAt = 0 }] of retired)
      if (retiredAt + grace < context.now() && !files.has(name)) await forget(context, name);
  });

const forget = async ({ directory, shown }: Repo, name: string) => {
  await directory.remove(name);
  shown.delete(name);
};

const lacksSignature = (files: Files, name: string, { kind }: ServedFile) =>
  kind !== "signature" && !files.has(`${name}.sig`);

const identityOf = ({ content, modifiedAt }: ServedFile) =>
  `${content.kind === "blob" ? content.sha256 : content.base64} ${modifiedAt}`;
