import type { State } from "#shared/state/state.ts";
import { parseBuildName } from "./build-name.ts";
import { demandBuild, noBuild } from "./store/builds.ts";
import { findBase } from "./store/names.ts";

type Path = { readonly name: string; readonly id: string };

/** The build that a path names. A name that no package has is one without builds. */
export const findBuild = async ({ read }: State, { name, id }: Path) => {
  const build = parseBuildName(id);
  const pkgbase = await findBase(read, name);
  if (pkgbase === undefined) throw noBuild();
  return demandBuild(read, pkgbase, build);
};
