import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Arch, Pkgbase, Pkgname } from "#shared/model.ts";
import { trimmed } from "./white-space.ts";

/** What `makepkg --printsrcinfo` says of a PKGBUILD: one base, and each package where it differs. */
export type Srcinfo = {
  readonly pkgbase: Pkgbase;
  readonly fields: Fields;
  readonly packages: readonly { readonly pkgname: Pkgname; readonly fields: Fields }[];
};

/** In the file's order; a name that takes several values stands once for each. */
export type Fields = readonly (readonly [name: string, value: string])[];

type Line = { readonly number: number; readonly name: string; readonly value: string };

type Section = { readonly head: Line; readonly fields: [name: string, value: string][] };

/**
 * Reads a .SRCINFO. White space around names and values, blank lines and lines starting with `#`
 * mean nothing. A package's empty value empties what the base has.
 *
 * Source: /usr/share/makepkg/srcinfo.sh.
 */
export const parseSrcinfo = (text: string): Srcinfo => {
  const [head, ...rest] = linesOf(text);
  if (head?.name !== "pkgbase") throw refused(head?.number ?? 1, "expected pkgbase to come first");

  const base: Section = { head, fields: [] };
  const packages = new Map<string, Section>();
  let section = base;
  for (const line of rest) {
    const { number, name, value } = line;
    if (name === "pkgbase" || (name === "pkgname" && packages.has(value)))
      throw refused(number, `expected ${name} ${value} only once`);
    if (name === "pkgname") {
      section = { head: line, fields: [] };
      packages.set(value, section);
    } else section.fields.push([name, value]);
  }
  if (packages.size === 0) throw new Fault("invalid", "the .SRCINFO names no package");

  return {
    pkgbase: parseAs(Pkgbase, head.value, head.number),
    fields: base.fields,
    packages: [...packages.values()].map(({ head, fields }) => ({
      pkgname: parseAs(Pkgname, head.value, head.number),
      fields,
    })),
  };
};

/** Writes as makepkg does, for any order of fields: a blank line before each package, none at the end. */
export const formatSrcinfo = ({ pkgbase, fields, packages }: Srcinfo) =>
  [
    formatSection("pkgbase", pkgbase, fields),
    ...packages.map(({ pkgname, fields }) => formatSection("pkgname", pkgname, fields)),
  ].join("\n");

const formatSection = (kind: string, name: string, fields: Fields) =>
  `${kind} = ${name}\n${fields.map(([field, value]) => `\t${field} = ${value}\n`).join("")}`;

/**
 * `[epoch:]pkgver-pkgrel` of every package as the AUR lists it: makepkg may refuse it, or build another version. An epoch of 0
 * is none, and of several values the last one counts.
 *
 * Source: save_metadata in aurweb's git/update.py, get_full_version in makepkg(8).
 */
export const versionOf = ({ pkgbase, fields }: Pick<Srcinfo, "pkgbase" | "fields">) => {
  const last = (name: string) => valuesOf(fields, name).at(-1) ?? "";
  const mandatory = (name: string) => {
    const value = last(name);
    if (value !== "") return value;
    throw new Fault("invalid", `the .SRCINFO of ${pkgbase} has no ${name}`);
  };
  const version = `${mandatory("pkgver")}-${mandatory("pkgrel")}`;
  return /^0*$/.test(last("epoch")) ? version : `${last("epoch")}:${version}`;
};

export const pkgnamesOf = ({ packages }: Srcinfo) => packages.map(({ pkgname }) => pkgname);

/**
 * The values of a field when building on one architecture; without `pkgname` the base's.
 * What a package says takes the place of all that its base says, the base's values for the
 * architecture included; its own values for the architecture come on top.
 *
 * Source: merge_arch_attrs in makepkg(8), which runs before and after a package's function.
 */
export const fieldOf = (
  srcinfo: Srcinfo,
  pkgname: string | undefined,
  field: string,
  arch: string,
): string[] => {
  const own = pkgname === undefined ? [] : packageOf(srcinfo, pkgname).fields;
  const overriding = valuesOf(own, field);
  const inherited = () => [
    ...valuesOf(srcinfo.fields, field),
    ...valuesOf(srcinfo.fields, `${field}_${arch}`),
  ];
  return [
    ...(overriding.length > 0 ? overriding : inherited()),
    ...valuesOf(own, `${field}_${arch}`),
  ].filter((value) => value !== "");
};

export const archesOf = (srcinfo: Srcinfo, pkgname: string): Arch[] =>
  fieldOf(srcinfo, pkgname, "arch", "any").filter((arch) => v.is(Arch, arch));

/** The architecture that the package's file will have when it is built on `arch`. */
export const architectureOf = (srcinfo: Srcinfo, pkgname: string, arch: Arch): Arch => {
  const arches = archesOf(srcinfo, pkgname);
  if (arches.includes(arch)) return arch;
  if (arches.includes("any")) return "any";
  throw new Fault(
    "invalid",
    `${pkgname} is for ${arches.join(", ") || "no architecture"}, not ${arch}`,
  );
};

const valuesOf = (fields: Fields, name: string) =>
  fields.flatMap(([field, value]) => (field === name ? [value] : []));

const packageOf = ({ pkgbase, packages }: Srcinfo, pkgname: string) => {
  const found = packages.find((it) => it.pkgname === pkgname);
  if (!found) throw new Fault("missing", `${pkgbase} builds no package ${pkgname}`);
  return found;
};

const linesOf = (text: string): Line[] =>
  text.split("\n").flatMap((full, index) => {
    const line = trimmed(full);
    if (line === "" || line.startsWith("#")) return [];
    const equals = line.indexOf("=");
    const name = trimmed(line.slice(0, equals));
    const value = trimmed(line.slice(equals + 1));
    if (equals === -1 || !/^\w+$/.test(name) || value.includes("\0"))
      throw refused(index + 1, `expected "name = value", not ${JSON.stringify(line.slice(0, 80))}`);
    return [{ number: index + 1, name, value }];
  });

const parseAs = <S extends v.GenericSchema<string, string>>(
  schema: S,
  value: string,
  line: number,
) => {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw refused(line, result.issues[0].message.slice(0, 200));
};

const refused = (line: number, why: string) => new Fault("invalid", `line ${line}: ${why}`);
