import { Fault } from "#shared/fault.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import {
  archesOf,
  parseSrcinfo,
  pkgnamesOf,
  type Srcinfo,
  versionOf,
} from "#shared/pacman/srcinfo.ts";
import { SourceFault } from "./unusable.ts";

/** Characters of a .SRCINFO; the longest of the AUR have some 40,000. */
const longest = 1_000_000;

const kinds = ["depends", "makedepends", "checkdepends", "provides"];

/**
 * Reads a .SRCINFO with everything in it that goes further than its text: names, version,
 * architectures, dependencies. `Fault` invalid names what is wrong, and where.
 */
export const checkSrcinfo = (text: string): Srcinfo => {
  if (text.length > longest) throw refused(`expected at most ${longest} characters`);
  return naming(() => {
    const srcinfo = parseSrcinfo(text);
    versionOf(srcinfo);
    for (const pkgname of pkgnamesOf(srcinfo))
      if (archesOf(srcinfo, pkgname).length === 0)
        throw new Fault("invalid", `expected an arch of ${pkgname}`);
    for (const { fields } of [srcinfo, ...srcinfo.packages])
      for (const [field, value] of fields) checkField(field, value);
    return srcinfo;
  });
};

const checkField = (field: string, value: string) => {
  const [kind = ""] = field.split("_", 1);
  if (!kinds.includes(kind) || value === "") return;
  const { name, version } = parseDependency(value);
  if (!/^[A-Za-z0-9@_+][A-Za-z0-9@._+:-]*$/.test(name) || (version && /[\s/<>=]/.test(version)))
    throw new Fault("invalid", `${field}: ${JSON.stringify(value.slice(0, 80))} is no dependency`);
};

const naming = <T>(read: () => T) => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) throw refused(error.message);
    throw error;
  }
};

const refused = (why: string) => new SourceFault("invalid", `the .SRCINFO cannot be used: ${why}`);
