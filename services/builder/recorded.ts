import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { rebuildRequested } from "#shared/messages/rebuild.ts";
import type { Buildinfo } from "#shared/pacman/buildinfo.ts";
import { type Environment, environmentOf } from "./steps.ts";

/** What a package was built in, as makepkg is to find it again. */
export type Recorded = {
  /** Where the PKGBUILD lies, and where makepkg works. */
  readonly startdir: string;
  readonly builddir: string;
  readonly environment: Environment;
  /** makepkg.conf(5) of the user that builds. */
  readonly makepkgConf: string;
  readonly installed: readonly string[];
};

/** Of runner/README.md; .BUILDINFO names no startdir in its format 1. */
const runner = { startdir: "/build/source", builddir: "/build/work" };

type Published = Pick<Payload<typeof rebuildRequested>, "sourceDateEpoch" | "extension">;

/** `Fault` invalid for a record that nobody can build by. */
export const recordedOf = (
  buildinfo: Buildinfo,
  { sourceDateEpoch, extension }: Published,
): Recorded => {
  const { startdir = runner.startdir, builddir = runner.builddir } = buildinfo;
  const { buildtool, buildtoolver, pkgarch, buildenv, options } = buildinfo;
  return {
    startdir: demandDirectory("startdir", startdir),
    builddir: demandDirectory("builddir", builddir),
    environment: {
      ...environmentOf(sourceDateEpoch, buildinfo.packager),
      BUILDDIR: builddir,
      PKGEXT: extension,
      ...(pkgarch !== "any" && { CARCH: pkgarch }),
      ...(buildtool !== undefined && { BUILDTOOL: buildtool }),
      ...(buildtoolver !== undefined && { BUILDTOOLVER: buildtoolver }),
    },
    makepkgConf: `BUILDENV=(${wordsOf("buildenv", buildenv)})\nOPTIONS=(${wordsOf("options", options)})\n`,
    installed: buildinfo.installed,
  };
};

/** Nothing that bash would read as more than a word. */
const wordsOf = (field: string, values: readonly string[]) => {
  const strange = values.find((value) => !/^!?[A-Za-z0-9_+.-]+$/.test(value));
  if (strange !== undefined)
    throw new Fault("invalid", `${field} in .BUILDINFO: ${JSON.stringify(strange)} is no option`);
  return values.join(" ");
};

/** What runs in a container lies there; a build directory does not. */
const systems = /^\/(bin|boot|dev|etc|lib|lib32|lib64|proc|root|run|sbin|sys|usr)(\/|$)/;

const demandDirectory = (field: string, directory: string) => {
  const isPlain = /^(\/[^/\0\n]+)+$/.test(directory) && !/(^|\/)\.{1,2}(\/|$)/.test(directory);
  if (!isPlain || systems.test(directory))
    throw new Fault(
      "invalid",
      `${field} in .BUILDINFO: ${JSON.stringify(directory)} is no directory to build in`,
    );
  return directory;
};
