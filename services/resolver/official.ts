import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { type RawEntry, readRawEntries } from "#shared/pacman/database-read.ts";
import { readBlocks } from "#shared/pacman/desc.ts";
import { many, maybe, one, parseFields } from "#shared/pacman/fields.ts";
import type { World } from "#shared/service/define.ts";
import { shareRunning } from "#shared/single-flight.ts";
import type { State } from "#shared/state/state.ts";
import type { Mirror } from "./mirror.ts";
import { finderOf, type Offer, type Official } from "./providers.ts";
import { readOfficialDatabases, writeOfficialDatabase } from "./store/official.ts";

/** In the order in which pacman asks them. */
const repositories = ["core", "extra", "multilib"];

type Database = {
  readonly sha256: string;
  readonly offers: readonly Offer[];
  readonly groups: readonly string[];
};

type Parts = Pick<World, "blobs" | "log" | "now"> & {
  readonly state: State;
  readonly mirror: Mirror;
};

/**
 * The official repositories as the mirror has them now. One that cannot be read is taken as it was last
 * fetched; one that never was leaves a `problem`. Who asks while it is being read gets the same answer.
 */
export const openOfficial = (parts: Parts): (() => Promise<Official>) => {
  const parsed = new Map<string, Database>();
  let whole: { readonly key: string; readonly official: Official } | undefined;
  const share = shareRunning<Official>();

  const read = async (): Promise<Official> => {
    const results = await Promise.all(repositories.map((it) => refresh(parts, parsed, it)));
    const databases = results.flatMap((it) => (typeof it === "string" ? [] : it));
    const problems = results.filter((it) => typeof it === "string");
    const key = [...databases.map(({ sha256 }) => sha256), ...problems].join(" ");
    if (whole?.key !== key) whole = { key, official: join(databases, problems) };
    return whole.official;
  };
  return () => share("official", read);
};

/** The database, or why there is none. */
const refresh = async (
  parts: Parts,
  parsed: Map<string, Database>,
  repository: string,
): Promise<Database | string> => {
  const { state, blobs, mirror, now, log } = parts;
  const url = mirror.urlOf(repository);
  const row = await readOfficialDatabases(state.read, repository);
  const known = row && (await load(parts, parsed, repository, row.sha256));
  try {
    const since = known && row.url === url ? row.lastModified : null;
    const download = await mirror.download(url, since);
    if (!download) return known ?? `${url} said that it had not changed`;
    const database = await parse(parts, repository, download.content);
    const { bytes, sha256 } = await blobs.put(download.content);
    const { lastModified } = download;
    await writeOfficialDatabase(state, {
      repository,
      url,
      sha256,
      bytes,
      lastModified,
      fetchedAt: now(),
    });
    const fetched = { ...database, sha256 };
    parsed.set(repository, fetched);
    return fetched;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (!known) return error.message;
    log.warn("mirror not read, its last database counts", { repository, error });
    return known;
  }
};

const load = async (
  parts: Parts,
  parsed: Map<string, Database>,
  repository: string,
  sha256: string,
): Promise<Database | undefined> => {
  const { blobs } = parts;
  const present = parsed.get(repository);
  if (present?.sha256 === sha256) return present;
  if (!(await blobs.has(sha256))) return undefined;
  const loaded = { ...(await parse(parts, repository, await blobs.bytes(sha256))), sha256 };
  parsed.set(repository, loaded);
  return loaded;
};

/** An entry that cannot be read is passed over, and named in the log: the others count. */
const parse = async ({ log }: Pick<Parts, "log">, repository: string, content: Uint8Array) => {
  const offers: Offer[] = [];
  const groups = new Set<string>();
  for await (const entry of readRawEntries(chunksOf(content)))
    try {
      const { name, base, version, provides, groups: its } = parseListed(entry);
      offers.push({ pkgbase: base ?? name, name, version, provides });
      for (const group of its) groups.add(group);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn("entry of a mirror's database not read", {
        repository,
        entry: entry.directory,
        error,
      });
    }
  return { offers, groups: [...groups] };
};

/** What a lookup takes of an entry. libalpm checks no more of a name or a version. */
const Listed = v.object({
  name: one(v.string()),
  base: maybe(v.string()),
  version: one(v.string()),
  provides: many,
  groups: many,
});

const parseListed = ({ desc = "" }: RawEntry) => parseFields(Listed, readBlocks(desc), "desc");

async function* chunksOf(content: Uint8Array) {
  yield content;
}

const join = (databases: readonly Database[], problems: readonly string[]): Official => {
  const find = finderOf(databases.flatMap(({ offers }) => offers));
  const groups = new Set(databases.flatMap((database) => database.groups));
  return {
    has: (dependency) => find(dependency) !== undefined,
    isGroup: (name) => groups.has(name),
    ...(problems.length > 0 && { problem: problems.join("; ") }),
  };
};
