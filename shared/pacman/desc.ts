import * as v from "valibot";
import { Arch, FileName, Pkgbase, Pkgname, Sha256, Version } from "#shared/model.ts";
import { addField, Count, many, maybe, one, parseFields, SecondsAsInstant } from "./fields.ts";
import type { Pkginfo } from "./pkginfo.ts";
import { squeezed } from "./white-space.ts";

/** What a sync database says of a package, in the order in which repo-add(8) writes it. */
export const Desc = v.object({
  filename: one(FileName),
  name: one(Pkgname),
  base: maybe(Pkgbase),
  version: one(Version),
  desc: maybe(v.string()),
  groups: many,
  /** Of the package file, in bytes. */
  csize: maybe(Count),
  /** Of the installed files, in bytes. */
  isize: maybe(Count),
  md5sum: maybe(v.string()),
  sha256sum: maybe(Sha256),
  /** The detached signature, in base64. */
  pgpsig: maybe(v.string()),
  url: maybe(v.string()),
  license: many,
  arch: one(Arch),
  builddate: maybe(SecondsAsInstant),
  packager: maybe(v.string()),
  replaces: many,
  conflicts: many,
  provides: many,
  depends: many,
  optdepends: many,
  makedepends: many,
  checkdepends: many,
});
export type Desc = v.InferOutput<typeof Desc>;

/** One package of a database. */
export type Entry = {
  /** `name-version` */
  readonly directory: string;
  readonly desc: Desc;
  /** What the package installs, in a `.files` database: directories end in a slash. */
  readonly files?: readonly string[];
};

export const parseDesc = (text: string): Desc => parseFields(Desc, readBlocks(text), "desc");

export const formatDesc = (desc: Desc) => {
  const { builddate } = desc;
  const values = { ...desc, builddate: builddate === undefined ? undefined : builddate / 1_000 };
  return Object.keys(Desc.entries)
    .map((name) => {
      // Safe: a schema's keys are the keys of what it makes.
      const value = values[name as keyof Desc];
      return formatBlock(name, [value ?? []].flat());
    })
    .join("");
};

export const parseFiles = (text: string) => readBlocks(text).get("files") ?? [];

export const formatFiles = (files: readonly string[]) =>
  `%FILES%\n${files.map((file) => `${file}\n`).join("")}`;

/** A package file as a repository has it. */
export type Artifact = {
  readonly filename: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly md5?: string;
  /** Detached and binary. */
  readonly signature?: Uint8Array;
};

/** What repo-add(8) makes of a package file: a text has one space where the package has several. */
export const entryOf = (
  pkginfo: Pkginfo,
  { filename, bytes, sha256, md5, signature }: Artifact,
  files: readonly string[],
): Entry => ({
  directory: `${pkginfo.pkgname}-${pkginfo.pkgver}`,
  desc: {
    filename,
    name: pkginfo.pkgname,
    base: pkginfo.pkgbase,
    version: pkginfo.pkgver,
    desc: textOf(pkginfo.pkgdesc),
    groups: pkginfo.group.map(squeezed),
    csize: bytes,
    isize: pkginfo.size,
    md5sum: md5,
    sha256sum: sha256,
    pgpsig: signature && Buffer.from(signature).toString("base64"),
    url: textOf(pkginfo.url),
    license: pkginfo.license.map(squeezed),
    arch: pkginfo.arch,
    builddate: pkginfo.builddate,
    packager: textOf(pkginfo.packager),
    replaces: pkginfo.replaces.map(squeezed),
    conflicts: pkginfo.conflict.map(squeezed),
    provides: pkginfo.provides.map(squeezed),
    depends: pkginfo.depend.map(squeezed),
    optdepends: pkginfo.optdepend.map(squeezed),
    makedepends: pkginfo.makedepend.map(squeezed),
    checkdepends: pkginfo.checkdepend.map(squeezed),
  },
  files,
});

const textOf = (text: string | undefined) => (text === undefined ? undefined : squeezed(text));

/**
 * Reads blocks: `%NAME%`, then a value a line until an empty one. A line outside of a block means nothing.
 *
 * Source: sync_db_read in libalpm/be_sync.c.
 */
export const readBlocks = (text: string): ReadonlyMap<string, string[]> => {
  const fields = new Map<string, string[]>();
  let name = "";
  for (const line of text.split("\n")) {
    if (line === "") name = "";
    else if (name !== "") addField(fields, name, line);
    else if (/^%[^%\s]+%$/.test(line)) name = line.slice(1, -1).toLowerCase();
  }
  return fields;
};

const formatBlock = (name: string, values: readonly (string | number)[]) => {
  const lines = values.filter((value) => value !== "");
  if (lines.length === 0) return "";
  return `%${name.toUpperCase()}%\n${lines.map((line) => `${line}\n`).join("")}\n`;
};
