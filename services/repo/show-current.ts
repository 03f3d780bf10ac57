import pLimit from "p-limit";
import { Fault } from "#shared/fault.ts";
import type { Repo } from "./context.ts";
import type { Files, ServedFile } from "./served-files.ts";

/** Files written at the same time. */
const atOnce = 16;

/**
 * Brings the directory of plain files up to the current generation: new packages first, then the databases.
 * What left the repository stays until `tidy` takes it away. At the first time everything is looked at.
 */
export const showCurrent = (context: Repo) =>
  context.showing(async () => {
    const { shown, view } = context;
    const { files } = await view();
    const due = [...files].filter(([name, file]) => shown.get(name) !== file);
    const some = pLimit(atOnce);
    const show = (each: typeof due) =>
      Promise.all(each.map(([name, file]) => some(() => put(context, files, name, file))));
    await show(due.filter(([name]) => !isOfDatabase(files, name)));
    await show(due.filter(([name]) => isOfDatabase(files, name)));
  });

const put = async (context: Repo, files: Files, name: string, file: ServedFile) => {
  const { blobs, directory, log, shown } = context;
  const before = shown.get(name);
  try {
    if (!before || identityOf(before) !== identityOf(file)) await directory.put(name, file, blobs);
  } catch (error) {
    // What one package lost is no reason to hold up others.
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    return log.error("a file of the repository cannot be shown", { name, error });
  }
  shown.set(name, file);
  if (lacksSignature(files, name, file)) await forget(context, `${name}.sig`);
};

const isOfDatabase = (files: Files, name: string) =>
  files.get(name)?.kind === "database" ||
  files.get(name.replace(/\.sig$/, ""))?.kind === "database";

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
