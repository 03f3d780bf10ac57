import { Fault } from "#shared/fault.ts";
import { readArchive } from "./archive.ts";
import { type Buildinfo, parseBuildinfo } from "./buildinfo.ts";
import { listingOf } from "./listing.ts";
import { type Pkginfo, parsePkginfo } from "./pkginfo.ts";

export type PackageFile = {
  readonly pkginfo: Pkginfo;
  readonly buildinfo?: Buildinfo;
  /** For `readMtree`; of a few kB it may make GB, so whoever has use for it reads it. */
  readonly mtree?: Uint8Array;
  /** What it installs, as a `.files` database lists it. */
  readonly files: readonly string[];
  /** Whether it brings an install script. */
  readonly install: boolean;
};

/** What is kept of a package file in memory, in bytes; the rest streams through. */
const most = { ".PKGINFO": 4e6, ".BUILDINFO": 16e6, ".MTREE": 64e6, names: 256e6 };

/** What a name takes in memory beside its own bytes; the shortest ones would else be without number. */
const nameOverhead = 64;

/** Reads a package file, whatever pacman itself would read of it: gzip, zstd or plain. */
export const readPackageFile = async (
  source: AsyncIterable<Uint8Array>,
  mostNames = most.names,
): Promise<PackageFile> => {
  const metadata = new Map<string, Buffer>();
  const names: string[] = [];
  const known = new Set<string>();
  let nameBytes = 0;
  for await (const { name, type, target, read } of readArchive(source)) {
    refuseEscape(name);
    if (type === "link" && !known.has(target ?? "")) throw strayLink(name, target);
    known.add(name);
    nameBytes += name.length + nameOverhead;
    if (nameBytes > mostNames) throw new Fault("invalid", "the package has too many files");
    if (!name.startsWith(".")) {
      names.push(type === "directory" && !name.endsWith("/") ? `${name}/` : name);
    } else if (metadata.has(name)) {
      throw new Fault("invalid", `the package has ${name} twice`);
    } else if (name === ".PKGINFO" || name === ".BUILDINFO" || name === ".MTREE") {
      metadata.set(name, await read(most[name]));
    } else if (name === ".INSTALL") metadata.set(name, Buffer.alloc(0));
  }

  const [pkginfo, buildinfo, mtree] = [".PKGINFO", ".BUILDINFO", ".MTREE"].map((name) =>
    metadata.get(name),
  );
  if (!pkginfo) throw new Fault("invalid", "expected a package with a .PKGINFO in it");
  return {
    pkginfo: parsePkginfo(pkginfo.toString("utf8")),
    ...(buildinfo && { buildinfo: parseBuildinfo(buildinfo.toString("utf8")) }),
    ...(mtree && { mtree }),
    files: listingOf(names),
    install: metadata.has(".INSTALL"),
  };
};

/** The .BUILDINFO of a package file, as its bytes are; nothing behind it is read. Undefined: it has none. */
export const readBuildinfo = async (
  source: AsyncIterable<Uint8Array>,
): Promise<Uint8Array | undefined> => {
  for await (const { name, read } of readArchive(source))
    if (name === ".BUILDINFO") return await read(most[".BUILDINFO"]);
  return undefined;
};

/**
 * A hard link to what no earlier member made. bsdtar(1) fails on such a link in an empty directory, and pacman, which
 * unpacks into the root, would link a file of the system.
 */
const strayLink = (name: string, target = "") =>
  new Fault(
    "invalid",
    `the package has ${name.slice(0, 300)} as a hard link to ${target.slice(0, 300)}, expected a file that is in the package before it`,
  );

/** A name that leaves the root it is unpacked into. */
const refuseEscape = (name: string) => {
  if (name.startsWith("/") || name.split("/").includes(".."))
    throw new Fault("invalid", `the package has a file outside its root: ${name.slice(0, 300)}`);
};
