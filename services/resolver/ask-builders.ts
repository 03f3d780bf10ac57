import { Fault } from "#shared/fault.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import type { BlobReference } from "#shared/model.ts";
import { deadline } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Resolver } from "./context.ts";

/** How long another builder is looked for where one cannot do it, and within what time one is missed that went away. */
const patience = { refused: seconds(5), left: seconds(20) };

/** Has some builder read a PKGBUILD: one that has no engine, or goes away meanwhile, is not the only one. */
export const askBuilders = async (
  { ask, config, pause }: Pick<Resolver, "ask" | "config" | "pause">,
  source: BlobReference,
) => {
  using refused = deadline(pause, patience.refused);
  using left = deadline(pause, patience.left);
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(generateSrcinfo, { source, arch: config.ARCH });
    } catch (error) {
      const isOver = (attempt === 1 ? left : refused).signal.aborted;
      if (isOver || !(error instanceof Fault) || error.kind !== "unavailable") throw error;
      await pause(50);
    }
  }
};
