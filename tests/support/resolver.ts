import { join } from "node:path";
import type * as v from "valibot";
import type { resolveAdd } from "#shared/messages/resolve.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { start } from "#shared/service/start.ts";
import { packages } from "#shared/state/packages.ts";
import { resolver } from "../../services/resolver/service.ts";
import { startAur } from "./aur.ts";
import { writeMirror } from "./official-mirror.ts";
import { makeWorld } from "./world.ts";

type Resolved = Extract<v.InferOutput<(typeof resolveAdd)["answer"]>, { kind: "resolved" }>;

/** A resolver with an AUR and a mirror that has bash, glibc and cmake; a builder can read no PKGBUILD. */
export const startResolver = async (environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const aur = stack.use(await startAur());
  const SYNC_MIRROR = await writeMirror(join(world.directory, "mirror"), {
    core: { bash: ["provides = sh"], glibc: ["provides = libc.so=6-64"] },
    extra: { cmake: [] },
  });
  const log = "/build/source/PKGBUILD: line 1: this: command not found";
  stack.use(
    await world.bus.answer("builder", generateSrcinfo, async () => ({
      kind: "failed" as const,
      log,
    })),
  );
  const service = stack.use(
    await start(
      resolver,
      {
        DATA_DIR: world.directory,
        AUR_URL: aur.url,
        SYNC_MIRROR,
        AUR_REQUEST_RETRIES: "0",
        ...environment,
      },
      world,
    ),
  );

  /** Makes packages of what was resolved, as the api does. */
  const adopt = (resolved: Resolved) =>
    world.state.write(async (transaction) => {
      for (const { pkgbase, source, devel, dependency } of resolved.packages)
        await transaction
          .insert(packages)
          .values({
            pkgbase,
            source,
            devel,
            dependency,
            addedAt: world.now(),
            enabled: true,
            clean: !devel,
            private: false,
            srcinfoOverride: false,
            flags: [],
          })
          .onConflictDoUpdate({ target: packages.pkgbase, set: { source } });
    });

  const resources = stack.move();
  return { world, aur, service, adopt, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};
