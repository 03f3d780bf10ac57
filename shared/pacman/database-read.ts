import { Fault } from "#shared/fault.ts";
import { readArchive } from "./archive.ts";
import { decompress } from "./decompress.ts";
import { type Entry, parseDesc, parseFiles } from "./desc.ts";

/** Of one member; the longest lists of files have some 20 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The packages of a sync database, `.db` or `.files`, as its bytes come in.
 * The members of a package follow each other, as repo-add(8) and every other writer leave them.
 */
export async function* readDatabase(
  source: AsyncIterable<Uint8Array>,
  unpack = decompress,
): AsyncGenerator<Entry> {
  let directory = "";
  let texts = new Map<string, string>();
  for await (const { name, type, read } of readArchive(source, unpack)) {
    const [parent = "", member = "", ...deeper] = name.replace(/^\.\//, "").split("/");
    if (parent !== directory) {
      if (texts.size > 0) yield entryOf(directory, texts);
      directory = parent;
      texts = new Map();
    }
    if (type === "file" && deeper.length === 0 && ["desc", "depends", "files"].includes(member))
      texts.set(member, (await read(MOST_BYTES)).toString("utf8"));
  }
  if (texts.size > 0) yield entryOf(directory, texts);
}

/** Databases made before pacman 5 have the dependencies in a member of their own. */
const entryOf = (directory: string, texts: ReadonlyMap<string, string>): Entry => {
  const desc = texts.get("desc");
  if (desc === undefined) throw new Fault("invalid", `${directory} in the database has no desc`);
  const files = texts.get("files");
  return {
    directory,
    desc: parseDesc(`${desc}\n${texts.get("depends") ?? ""}`),
    ...(files !== undefined && { files: parseFiles(files) }),
  };
};
