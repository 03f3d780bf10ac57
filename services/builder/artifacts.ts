import * as v from "valibot";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { Artifact } from "#shared/messages/build.ts";
import { FileName } from "#shared/model.ts";
import { membersOf } from "#shared/tar-members.ts";

/** `pkgname-version-arch.pkg.tar` and what it is compressed with; never a signature. */
const packageFile = /^[\w@+].*\.pkg\.tar(\.(gz|bz2|xz|zst|lrz|lzo|lz4|lz|Z))?$/s;

/** Bytes of one build's packages together, and of whatever lies beside them. */
const mostBytes = 16 * 1024 ** 3;

const mostFiles = 1_000;

/**
 * Streams the packages out of a tar of the directory they lie in, into the blob store. Whatever else is in it
 * stays where it is: links, directories, files by other names.
 */
export const storeArtifacts = async (
  blobs: Blobs,
  tar: AsyncIterable<Uint8Array>,
): Promise<Artifact[]> => {
  const artifacts: Artifact[] = [];
  let bytes = 0;
  for await (const member of membersOf(tar)) {
    bytes += member.bytes;
    if (bytes > mostBytes) throw tooMuch();
    const [, filename = "", deeper] = member.name.split("/");
    if (member.type !== "file" || deeper !== undefined) continue;
    if (!packageFile.test(filename)) continue;
    const name = v.safeParse(FileName, filename);
    if (!name.success) throw new Fault("invalid", name.issues[0].message);
    if (artifacts.length === mostFiles) throw tooMuch();
    artifacts.push({ filename, blob: await blobs.put(member.content) });
  }
  return artifacts.sort((a, b) => (a.filename < b.filename ? -1 : 1));
};

const tooMuch = () =>
  new Fault("invalid", "the build left over 1000 packages, or over 16 GiB where they lie");
