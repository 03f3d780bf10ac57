import { Fault } from "#shared/fault.ts";
import type { AddInfo } from "#shared/recipe-views.ts";
import type { PackageSource } from "#shared/views.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { orderAdd, waitForAdd } from "../order-add.ts";
import { printable } from "../printable.ts";
import { forProgram, type Session } from "../session.ts";
import { newestBuild, waitForBuild } from "../wait-for-build.ts";
import type { World } from "../world.ts";

export type AddOptions = {
  readonly git?: string;
  readonly pkgbuild?: string;
  readonly devel?: boolean;
  readonly replace?: boolean;
  readonly build: boolean;
  readonly resolve: boolean;
  readonly follow?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
  /** The id of an add that was ordered before. */
  readonly watch?: string;
};

/** Adds a package and what it needs of the AUR. */
export const add = async (
  session: Session,
  name: string | undefined,
  options: AddOptions,
): Promise<ExitCode> => {
  const { world, colours } = session;
  const { build, resolve, replace = false, json = false } = options;
  if (options.watch !== undefined) return watch(session, options.watch, name, options);
  const waits = options.follow || options.wait;
  if (waits && !build) throw new Fault("invalid", "--no-build leaves nothing to wait for");
  const source = await sourceOf(world, name, options);
  const request = { replace, resolve, build, source };
  const added = await orderAdd(session, request, { json });

  if (json) world.output.write(`${added.text}\n`);
  else
    for (const it of added.value) {
      const why = it.dependency ? colours.dim(" (dependency)") : "";
      world.output.write(`added ${colours.bold(printable(it.base))}${why}\n`);
    }
  const [target] = added.value;
  if (!waits || !target) return exitCodes.done;
  const started = await newestBuild(session, target.base);
  const { follow = false } = options;
  return waitForBuild(json ? forProgram(session) : session, { base: target.base, started, follow });
};

/** Shows how far an add is that was ordered before, and what became of it. */
const watch = async (
  session: Session,
  id: string,
  name: string | undefined,
  { git, pkgbuild, json = false }: AddOptions,
): Promise<ExitCode> => {
  const { world, colours } = session;
  if ([name, git, pkgbuild].some((it) => it !== undefined))
    throw new Fault("invalid", "--watch takes the id of an add, and no package");
  const { text, value } = await waitForAdd(session, id, { json });
  if (json) world.output.write(`${text}\n`);
  else
    for (const base of value.added) world.output.write(`added ${colours.bold(printable(base))}\n`);
  if (value.outcome === "added") return exitCodes.done;
  throw new Fault(kindOf(value.outcome), value.message ?? "nothing was added");
};

const kindOf = (outcome: AddInfo["outcome"]) => {
  if (outcome === "unknown") return "missing";
  return outcome === "failed" ? "unavailable" : "conflict";
};

const sourceOf = async (
  world: World,
  name: string | undefined,
  { git, pkgbuild, devel = false }: AddOptions,
): Promise<PackageSource> => {
  if ([name, git, pkgbuild].filter((it) => it !== undefined).length !== 1)
    throw new Fault(
      "invalid",
      "expected the name of an AUR package, or --git <url>, or --pkgbuild <file>, and only one of them",
    );
  if (git !== undefined) return { type: "git", url: git, devel };
  if (pkgbuild !== undefined)
    return { type: "raw", pkgbuild: await textOf(world, pkgbuild), devel };
  if (devel)
    throw new Fault(
      "invalid",
      "--devel goes with --git or --pkgbuild; the AUR's -git packages are devel anyway",
    );
  return { type: "aur", name: name ?? "" };
};

const textOf = async ({ readFile, readInput }: World, path: string) => {
  const text = path === "-" ? await readInput() : await readFile(path);
  if (text === undefined)
    throw new Fault("invalid", `there is no file ${path}, expected a PKGBUILD or - for the input`);
  return text;
};
