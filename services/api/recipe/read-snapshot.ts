import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";

/** A file of a recipe, with its mode as git writes it. */
export type RecipeFile = {
  readonly mode: "100644" | "100755" | "120000";
  /** Of a symbolic link, its target. */
  readonly content: Uint8Array;
};

export type Recipe = ReadonlyMap<string, RecipeFile>;

/** The files of a source's snapshot, by their paths. */
export const readSnapshot = async (blobs: Blobs, sha256: string): Promise<Recipe> => {
  const { membersOf } = await import("#shared/tar-members.ts");
  const snapshot = await blobs.bytes(sha256).catch(unreadable);
  const files = new Map<string, RecipeFile>();
  for await (const { name, type, mode, target, content } of membersOf(chunkOf(snapshot))) {
    if (type === "symlink" && target)
      files.set(name, { mode: "120000", content: new TextEncoder().encode(target) });
    if (type !== "file") continue;
    const bytes = await collect(content);
    files.set(name, { mode: mode & 0o100 ? "100755" : "100644", content: bytes });
  }
  return files;
};

/** A source's snapshot as it is stored: a tar. */
export const openSnapshot = (blobs: Blobs, sha256: string) => blobs.read(sha256).catch(unreadable);

async function* chunkOf(bytes: Uint8Array) {
  yield bytes;
}

const collect = async (chunks: AsyncIterable<Uint8Array>) => {
  const parts: BlobPart[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
};

/** A client can do nothing about a snapshot that is lost or damaged. */
const unreadable = (error: unknown): never => {
  if (!(error instanceof Fault)) throw error;
  throw new Fault("unavailable", `the source's files cannot be read: ${error.message}`, {
    cause: error,
  });
};
