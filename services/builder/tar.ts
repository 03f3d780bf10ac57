import { once } from "node:events";
import { Readable } from "node:stream";
import { type Pack, pack } from "tar-stream";

export type Owner = "root" | "build";

export type Entry = { readonly name: string; readonly owner: Owner; readonly mode: number } & (
  | {
      readonly kind: "file";
      readonly bytes: number;
      readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    }
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string }
);

/** Of the user `build`; runner/README.md. */
const ids: Record<Owner, number> = { root: 0, build: 1_000 };

/**
 * One tar of many entries, made as it is read, of which each was last changed at `changed`, seconds since the Unix
 * epoch. Fails with what its entries fail with.
 */
export const packTar = (entries: AsyncIterable<Entry>, changed = 0): Readable => {
  const tar = pack();
  const mtime = new Date(changed * 1_000);
  const fill = async () => {
    for await (const entry of entries) await add(tar, mtime, entry);
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return Readable.from(tar);
};

const add = async (tar: Pack, mtime: Date, entry: Entry) => {
  const { name, owner, mode } = entry;
  const header = { name, mode, mtime, uid: ids[owner], gid: ids[owner] };
  if (entry.kind === "directory") return void tar.entry({ ...header, type: "directory" });
  if (entry.kind === "link")
    return void tar.entry({ ...header, type: "symlink", linkname: entry.target });

  const sink = tar.entry({ ...header, size: entry.bytes });
  // It ends with its tar, whose reader is told why.
  sink.on("error", () => tar.destroy());
  for await (const chunk of entry.content)
    if (!sink.write(Buffer.from(chunk))) await once(sink, "drain");
  sink.end(undefined);
};

export const fileEntry = (
  name: string,
  content: string,
  { owner = "root", mode = 0o644 }: Partial<Pick<Entry, "owner" | "mode">> = {},
): Entry => {
  const bytes = new TextEncoder().encode(content);
  return { kind: "file", name, owner, mode, bytes: bytes.byteLength, content: [bytes] };
};
