import type { Builder } from "./context.ts";
import { isRunning } from "./identity.ts";
import { isLeftOver } from "./left-over.ts";

/** Removes the containers of builders that are gone. */
export const reap = async ({ engine, identity, log, now }: Builder) => {
  const found = await engine.list();
  for (const container of found.filter((it) => isLeftOver(it, identity, isRunning, now()))) {
    await engine.remove(container.id);
    log.info("left-over container removed", { container: container.id, ...container.labels });
  }
};
