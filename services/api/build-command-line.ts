import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { orderBuilds } from "#shared/messages/build.ts";
import { Pkgbase } from "#shared/model.ts";
import { type Adding, addSource } from "./add-package.ts";
import type { Api } from "./context.ts";
import { findPackages } from "./store/shown.ts";

type Building = Adding & Pick<Api, "commandLine">;

const pkgbase = v.parse(Pkgbase, "kiln-cli");

/** Adds kiln's own command line, or has it built where it changed: until it worked, once in a process. */
export const buildCommandLine = async (api: Building) => {
  const { commandLine, config } = api;
  if (!config.BUILD_CLI || commandLine.seenTo) return;
  const [known] = await findPackages(api.state.read, [pkgbase]);
  if (known)
    await api.ask(orderBuilds, {
      packages: [pkgbase],
      reason: "schedule",
      resolve: true,
      force: false,
    });
  else await addCommandLine(api);
  commandLine.seenTo = true;
};

const addCommandLine = async (api: Building) => {
  const terms = { replace: false, build: true, resolve: true };
  const added = await addSource(api, { type: "cli" }, terms);
  if (added.kind === "unusable") throw new Fault("unavailable", `${pkgbase}: ${added.message}`);
  if (added.kind === "unmet")
    throw new Fault("unavailable", `${pkgbase} lacks ${added.missing.join(", ")}`);
};
