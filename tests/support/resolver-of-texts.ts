import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { addRequested } from "#shared/messages/resolve.ts";
import { AddId, Pkgname } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { adds } from "#shared/state/adds.ts";
import { packages } from "#shared/state/packages.ts";
import { resolver } from "../../services/resolver/service.ts";
import { startAur } from "./aur.ts";
import { makeWorld } from "./world.ts";

/**
 * A resolver with an AUR of thousands of .SRCINFO, by pkgbase: what git would fetch of a repository comes from memory, as
 * starting git thousands of times takes minutes. All VCS sources have one commit.
 */
export const startResolverOf = async (srcinfos: ReadonlyMap<string, string>, mirror: string) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const aur = stack.use(await startAur());
  for (const [pkgbase, srcinfo] of srcinfos) aur.list({ pkgbase, pkgbuild: "", srcinfo });
  const git = {
    fetch: async (url: string) => {
      const srcinfo = srcinfos.get(/([^/]+)\.git$/.exec(url)?.[1] ?? "") ?? "";
      const file = (path: string, text: string) =>
        ({ path, kind: "file", content: Buffer.from(text) }) as const;
      return {
        revision: createHash("sha1").update(srcinfo).digest("hex"),
        committedAt: 1_700_000_000_000,
        files: [file("PKGBUILD", "# not read here\n"), file(".SRCINFO", srcinfo)],
      };
    },
    resolve: async () => "a".repeat(40),
    removeAbandoned: async () => {},
    ping: async () => {},
  };
  const open: typeof resolver.open = async (base) => ({ ...(await resolver.open(base)), git });
  const environment = { DATA_DIR: world.directory, AUR_URL: aur.url, SYNC_MIRROR: mirror };
  stack.use(await start({ ...resolver, open }, environment, world));

  const resources = stack.move();
  return {
    /** Adds a package, and what comes along with it, as the api does; answers what came of it. */
    async add(name: string) {
      const id = v.parse(AddId, crypto.randomUUID());
      const spec = { type: "aur" as const, name: v.parse(Pkgname, name) };
      await world.publish(addRequested, { add: id, spec, replace: false });
      const row = await world.state.read.select().from(adds).where(eq(adds.id, id)).get();
      const result = row?.result;
      if (result?.kind !== "resolved") return result;
      await world.state.write(async (transaction) => {
        for (const { source: _, ...proposed } of result.packages)
          await transaction
            .insert(packages)
            .values({
              ...proposed,
              addedAt: world.now(),
              enabled: true,
              clean: true,
              private: false,
              srcinfoOverride: false,
              flags: [],
            })
            .onConflictDoNothing();
      });
      return result;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};
