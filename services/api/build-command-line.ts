import * as v from "valibot";
import { orderBuilds } from "#shared/messages/build.ts";
import { AddId, Pkgbase, SessionId } from "#shared/model.ts";
import { type Adding, addSource } from "./add-package.ts";
import { findPackages } from "./store/shown.ts";

type Building = Adding & {
  /** Whether this process has seen to it, and what it last said is in the way. */
  readonly commandLine: { seenTo: boolean; problem?: string };
};

const pkgbase = v.parse(Pkgbase, "kiln-cli");

/** Adds kiln's own command line, or has it built where it changed: until it worked, once in a process. What is in the way is said once. */
export const buildCommandLine = async (api: Building) => {
  const { commandLine, config, log } = api;
  if (!config.BUILD_CLI || commandLine.seenTo) return;
  const [known] = await findPackages(api.state.read, [pkgbase]);
  const problem = known ? await orderNewest(api) : await addCommandLine(api);
  if (problem !== undefined && problem !== commandLine.problem)
    log.warn("the command line cannot be built", { pkgbase, problem });
  Object.assign(commandLine, { seenTo: problem === undefined, problem });
};

const orderNewest = async ({ ask, newId }: Building) => {
  await ask(orderBuilds, {
    session: v.parse(SessionId, newId()),
    packages: [pkgbase],
    reason: "schedule",
    resolve: true,
    force: false,
  });
  return undefined;
};

/** Says what is in the way. */
const addCommandLine = async (api: Building) => {
  const id = v.parse(AddId, api.newId());
  const terms = { id, replace: false, build: true, resolve: true };
  const added = await addSource(api, { type: "cli" }, terms);
  if (added.kind === "unusable") return added.message;
  return added.kind === "unmet" ? `it lacks ${added.missing.join(", ")}` : undefined;
};
