import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A plain tar: a name that ends in a slash is a directory, `-> target` a symbolic link. */
export const tarOf = (
  members: readonly (readonly [name: string, content?: string | Uint8Array])[],
) => {
  const tar = pack();
  for (const [name, content = ""] of members) {
    if (name.endsWith("/")) tar.entry({ name, type: "directory" });
    else if (typeof content === "string" && content.startsWith("-> "))
      tar.entry({ name, type: "symlink", linkname: content.slice(3) });
    else tar.entry({ name }, content);
  }
  tar.finalize();
  return buffer(tar);
};

/** A package file in gzip, of a .PKGINFO's lines and what else is in it. */
export const packageOf = async (
  pkginfo: string,
  members: readonly (readonly [name: string, content?: string | Uint8Array])[] = [],
) => gzipSync(await tarOf([[".PKGINFO", pkginfo], ...members]));

/** The bytes in small pieces, as a network would bring them. */
export async function* pieces(bytes: Uint8Array, size = 1_000) {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}
