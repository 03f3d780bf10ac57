import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { RebuildInfo } from "#shared/views.ts";
import { pathOf } from "./connect.ts";
import { printable } from "./printable.ts";
import { openProgress } from "./progress.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two looks, and how many of them in a row may find no server. */
const looks = { every: seconds(1), unanswered: 30 };

/** The rebuild, once it has its verdict. */
export const waitForRebuild = async ({ server, world }: Session, base: string, id: string) => {
  using _ = openProgress(world, `${printable(base)}: rebuilding`);
  for (let unanswered = 0; ; ) {
    try {
      const found = await server.get(pathOf(base, "rebuild", id), RebuildInfo);
      if (found.value.status !== null) return found;
      unanswered = 0;
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
      if (++unanswered > looks.unanswered) throw error;
    }
    await world.sleep(looks.every);
  }
};
