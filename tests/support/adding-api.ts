import * as v from "valibot";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import { startApi } from "./api.ts";
import { insertSource } from "./rows.ts";

const base = (name: string) => v.parse(Pkgbase, name);

const proposedOf = (
  name: string,
  { pkgbase, source, specHash }: Awaited<ReturnType<typeof insertSource>>,
) => ({
  pkgbase,
  spec: { type: "aur" as const, name: v.parse(Pkgname, name) },
  specHash,
  source,
});

/** The api, and a resolver that finds `app`, which needs `lib`. */
export const startAddingApi = async () => {
  const api = await startApi();
  const [app, lib] = [base("app"), base("lib")];
  const fetched = {
    app: await insertSource(api.world.state, "app"),
    lib: await insertSource(api.world.state, "lib"),
  };
  const proposed = { app: proposedOf("app", fetched.app), lib: proposedOf("lib", fetched.lib) };
  api.answers.resolve = async () => ({
    kind: "resolved",
    packages: [
      { ...proposed.app, devel: false, dependency: false },
      { ...proposed.lib, devel: true, dependency: true },
    ],
  });
  const sources = { app: fetched.app.source, lib: fetched.lib.source };
  const specs = { app: proposed.app.spec, lib: proposed.lib.spec };
  return { ...api, app, lib, sources, specs, [Symbol.asyncDispose]: api[Symbol.asyncDispose] };
};
