import pLimit from "p-limit";
import { Fault } from "#shared/fault.ts";
import type { Repo } from "./context.ts";
import {
  databaseFiles,
  databaseNames,
  databaseOf,
  type Files,
  type ServedFile,
} from "./served-files.ts";
import { findGeneration, type Generation } from "./store/current.ts";

/** Files written at the same time. */
const atOnce = 16;

/**
 * Brings the directory of plain files up to the current generation: new signatures of packages first, then the packages,
 * then the databases, so that whatever copies the directory in that moment gets no file without what it needs.
 * What left the repository stays until `tidy` takes it away. At the first time everything is looked at.
 */
export const showCurrent = (context: Repo) =>
  context.showing(async () => {
    const { shown, view } = context;
    const { generation, files } = await view();
    const due = [...files].filter(
      ([name, file]) => shown.files.get(name) !== file && databaseOf(files, name) === undefined,
    );
    const some = pLimit(atOnce);
    const show = (each: typeof due) =>
      Promise.all(each.map(([name, file]) => some(() => put(context, files, name, file))));
    await show(due.filter(([, { kind }]) => kind === "signature"));
    await show(due.filter(([, { kind }]) => kind !== "signature"));
    if (!generation || shown.generation === generation.number) return;
    await showDatabases(context, generation);
    shown.generation = generation.number;
  });

const showDatabases = async (
  { blobs, config: { NAME }, directory }: Repo,
  generation: Generation,
) => {
  const files = databaseFiles(NAME, generation);
  // All names of a database are links to one file.
  const links = [...databaseNames(NAME)].flatMap(([name, first]) => [
    [name, first] as const,
    [`${name}.sig`, `${first}.sig`] as const,
  ]);
  const targets = new Set(links.map(([, target]) => target));
  const put = new Map([...files].filter(([name]) => targets.has(name)));
  await directory.putGeneration(generation.number, put, blobs);
  await directory.showGeneration(
    generation.number,
    new Map(links.filter(([, target]) => put.has(target))),
  );
  for (const [name, target] of links) if (!put.has(target)) await directory.remove(name);
};

const put = async (context: Repo, files: Files, name: string, file: ServedFile) => {
  const { blobs, directory, log, shown } = context;
  const before = shown.files.get(name);
  try {
    if (!before || identityOf(before) !== identityOf(file)) await directory.put(name, file, blobs);
  } catch (error) {
    // What one package lost is no reason to hold up others.
    if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
    return log.error("a file of the repository cannot be shown", { name, error });
  }
  shown.files.set(name, file);
  if (lacksSignature(files, name, file)) await forget(context, `${name}.sig`);
};

/** Generations whose databases stay in the directory at most. */
const mostGenerations = 100;

/** Takes away files that left the repository longer ago than `grace`, and databases that were replaced then. */
export const tidy = (context: Repo, grace: number) =>
  context.showing(async () => {
    const { directory, now, state, view } = context;
    const { files, number, retired } = await view();
    for (const [name, { retiredAt = 0 }] of retired)
      if (retiredAt + grace < now() && !files.has(name)) await forget(context, name);
    for (const each of await directory.generations()) {
      if (each >= number) continue;
      const next = await findGeneration(state.read, each + 1);
      const isLate = !next || next.createdAt + grace < now();
      if (isLate || each <= number - mostGenerations) await directory.removeGeneration(each);
    }
  });

const forget = async ({ directory, shown }: Repo, name: string) => {
  await directory.remove(name);
  shown.files.delete(name);
};

const lacksSignature = (files: Files, name: string, { kind }: ServedFile) =>
  kind !== "signature" && !files.has(`${name}.sig`);

const identityOf = ({ content, modifiedAt }: ServedFile) =>
  `${content.kind === "blob" ? content.sha256 : content.base64} ${modifiedAt}`;
