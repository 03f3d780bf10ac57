import { Buffer } from "node:buffer";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { BlobReference } from "#shared/model.ts";
import { membersOf } from "#shared/tar-members.ts";
import type { Entry } from "./tar.ts";

/** A source's files as the user `build` finds them in the container's directory; `edit` changes the PKGBUILD's text. */
export async function* sourceEntries(
  blobs: Blobs,
  source: BlobReference,
  directory = "/build/source",
  edit?: (pkgbuild: string) => string,
): AsyncGenerator<Entry> {
  // Checked first: of a damaged tar, the parser would say something else.
  await blobs.file(source.sha256);
  for await (const member of membersOf(await blobs.read(source.sha256))) {
    if (member.name === "") continue;
    const { type, bytes, content, target } = member;
    const at = {
      name: `${directory.slice(1)}/${member.name}`,
      owner: "build",
      mode: member.mode,
    } as const;
    if (type === "file" && member.name === "PKGBUILD" && edit) {
      const edited = await editBytes(content, edit);
      yield { ...at, kind: "file", bytes: edited.byteLength, content: [edited] };
    } else if (type === "file") yield { ...at, kind: "file", bytes, content };
    else if (type === "directory") yield { ...at, kind: "directory" };
    else if (type === "symlink" && target) yield { ...at, kind: "link", target };
    else throw new Fault("invalid", `the source holds ${member.name}, which is a ${type}`);
  }
}

/** One character for each byte: what is no UTF-8 stays as it is. */
const editBytes = async (content: AsyncIterable<Uint8Array>, edit: (text: string) => string) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.from(edit(Buffer.concat(chunks).toString("latin1")), "latin1");
};

/** A source's PKGBUILD as a blob of its own. */
export const pkgbuildOf = async (blobs: Blobs, source: BlobReference): Promise<BlobReference> => {
  // Awaited inside the loop: leaving the loop destroys the tar stream that the content is read from.
  for await (const member of membersOf(await blobs.read(source.sha256)))
    if (member.name === "PKGBUILD" && member.type === "file")
      return await blobs.put(member.content);
  throw new Fault("invalid", "the source has no PKGBUILD at its top");
};
