import type { BuildPage } from "#shared/build-views.ts";
import { Fault } from "#shared/fault.ts";
import type { State } from "#shared/state/state.ts";
import { parseBuildName } from "./build-name.ts";
import { listDetails } from "./store/build-details.ts";
import { demandBase } from "./store/names.ts";
import { demandPackage } from "./store/shown.ts";
import { timeOf } from "./view-build.ts";
import { viewBuildDetails } from "./view-build-details.ts";

/** Builds of one answer. */
const page = 50;

/** The builds of a package, the newest first: those that were ordered before a time, or the newest of all. */
export const listBuildPage = async (
  { read }: State,
  name: string,
  before: string | undefined,
): Promise<BuildPage> => {
  const pkgbase = await demandBase(read, name);
  await demandPackage(read, pkgbase);
  const rows = await listDetails(read, pkgbase, {
    before: before === undefined ? undefined : instantOf(before),
    limit: page + 1,
  });
  const shown = rows.slice(0, page);
  const last = rows.length > page ? shown.at(-1) : undefined;
  return {
    builds: shown.map(viewBuildDetails),
    next: last === undefined ? null : timeOf(last.orderedAt),
  };
};

const instantOf = (text: string) => {
  const name = parseBuildName(text);
  if (name.kind === "orderedAt") return name.at;
  throw new Fault("invalid", `before is '${text}', expected the time of a build, as "next" has it`);
};
