import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { Ordered } from "#shared/recipe-views.ts";
import { ownPathOf } from "../connect.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { printable } from "../printable.ts";
import { sayProblems } from "../say-problems.ts";
import type { Session } from "../session.ts";
import { newestBuild, sayNothingToDo, waitForBuild } from "../wait-for-build.ts";

export type BuildOptions = {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly clean?: boolean;
  readonly source?: string;
  readonly resolve: boolean;
  readonly follow?: boolean;
  readonly wait?: boolean;
};

/** Orders builds, and waits for them where asked to. */
export const build = async (
  session: Session,
  names: readonly string[],
  {
    all = false,
    force = false,
    clean = false,
    source,
    resolve,
    follow = false,
    wait = false,
  }: BuildOptions,
): Promise<ExitCode> => {
  const { server, world } = session;
  if (all === names.length > 0)
    throw new Fault("invalid", "expected names of packages, or --all, and only one of them");
  if ((follow && names.length !== 1) || (wait && all))
    throw new Fault("invalid", "--follow takes one package, --wait takes names of packages");
  if (source !== undefined && names.length !== 1)
    throw new Fault("invalid", "--source takes one package");

  const before = await newestBuilds(session, follow || wait ? names : []);
  const terms = { clean, resolve, force };
  const [only = ""] = names;
  const order = world.newId();
  if (source !== undefined)
    await server.order(ownPathOf(only, "build"), { source, resolve, force }, Ordered, {
      key: order,
    });
  else if (all)
    await server.order("/build/all", { packages: [], ...terms }, v.undefined(), { key: order });
  else await server.order("/build", { packages: names, ...terms }, v.undefined(), { key: order });
  if (!follow && !wait) {
    const what = all ? "all packages" : names.map(printable).join(", ");
    world.output.write(`ordered ${what}\n`);
    return exitCodes.done;
  }
  const codes = await Promise.all(
    names.map(async (base) => {
      const started = await newestBuild(session, base);
      if (started === before.get(base)) return sayNothingToDo(session, base);
      return waitForBuild(session, { base, started, follow });
    }),
  );
  return sayProblems(session, order, codes);
};

/** By name; `undefined` for what was never built. */
const newestBuilds = async (session: Session, names: readonly string[]) =>
  new Map(
    await Promise.all(names.map(async (name) => [name, await newestBuild(session, name)] as const)),
  );
