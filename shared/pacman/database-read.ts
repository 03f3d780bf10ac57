import { Fault } from "#shared/fault.ts";
import { readArchive } from "./archive.ts";
import { decompress } from "./decompress.ts";
import { type Entry, parseDesc, parseFiles } from "./desc.ts";

/** Of one member; the longest lists of files have some 20 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** One package of a database as it is written there. */
export type RawEntry = {
  /** `name-version` */
  readonly directory: string;
  /** Absent: the package has none. */
  readonly desc?: string;
  readonly files?: string;
};

/** The packages of a sync database, `.db` or `.files`, as its bytes come in. `Fault` invalid where one cannot be read. */
export async function* readDatabase(
  source: AsyncIterable<Uint8Array>,
  unpack = decompress,
): AsyncGenerator<Entry> {
  for await (const { directory, desc, files } of readRawEntries(source, unpack)) {
    if (desc === undefined) throw new Fault("invalid", `${directory} in the database has no desc`);
    yield {
      directory,
      desc: parseDesc(desc),
      ...(files !== undefined && { files: parseFiles(files) }),
    };
  }
}

/**
 * As `readDatabase`, for a reader that passes over what it cannot read.
 * The members of a package follow each other, as repo-add(8) and every other writer leave them.
 */
export async function* readRawEntries(
  source: AsyncIterable<Uint8Array>,
  unpack = decompress,
): AsyncGenerator<RawEntry> {
  let directory = "";
  let texts = new Map<string, string>();
  for await (const { name, type, read } of readArchive(source, unpack)) {
    const [parent = "", member = "", ...deeper] = name.replace(/^\.\//, "").split("/");
    if (parent !== directory) {
      if (texts.size > 0) yield rawEntryOf(directory, texts);
      directory = parent;
      texts = new Map();
    }
    if (type === "file" && deeper.length === 0 && ["desc", "depends", "files"].includes(member))
      texts.set(member, (await read(MOST_BYTES)).toString("utf8"));
  }
  if (texts.size > 0) yield rawEntryOf(directory, texts);
}

/** Databases made before pacman 5 have the dependencies in a member of their own. */
const rawEntryOf = (directory: string, texts: ReadonlyMap<string, string>): RawEntry => {
  const desc = texts.get("desc");
  const files = texts.get("files");
  return {
    directory,
    ...(desc !== undefined && { desc: `${desc}\n${texts.get("depends") ?? ""}` }),
    ...(files !== undefined && { files }),
  };
};
