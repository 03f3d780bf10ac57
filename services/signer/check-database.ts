import { createHash } from "node:crypto";
import { Fault } from "#shared/fault.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import type { decompress } from "#shared/pacman/decompress.ts";
import { type Entry, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import { endOfArchive, tarMember } from "#shared/pacman/ustar.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** What a database promises of a package file. */
export type Promised = {
  readonly filename: string;
  readonly sha256: string;
  /** Detached, binary, base64; absent where the entry has none. */
  readonly signature: string | undefined;
};

/**
 * What a database promises, entry by entry. An entry without a hash is `Fault` forbidden,
 * and so is a database with anything beside its entries: written again from them it must be the same tar,
 * or another reader might find in it what was not looked at.
 */
export async function* promisesOf(
  open: () => Promise<Bytes>,
  unpack: typeof decompress,
): AsyncGenerator<Promised> {
  const written = createHash("sha256");
  for await (const entry of readDatabase(await open(), unpack)) {
    const { filename, sha256sum, pgpsig } = entry.desc;
    if (sha256sum === undefined)
      throw new Fault("forbidden", `${filename} in the database has no hash`);
    for (const member of membersOf(entry)) written.update(member);
    yield { filename, sha256: sha256sum, signature: pgpsig };
  }
  written.update(endOfArchive);
  const found = createHash("sha256");
  for await (const chunk of unpack(await open())) found.update(chunk);
  if (found.digest("hex") !== written.digest("hex"))
    throw new Fault("forbidden", "the database has something beside the entries it lists");
}

const membersOf = ({ directory, desc, files }: Entry) => [
  tarMember(`${directory}/`),
  tarMember(`${directory}/desc`, formatDesc(desc)),
  ...(files ? [tarMember(`${directory}/files`, formatFiles(files))] : []),
];
