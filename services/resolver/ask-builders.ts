import { Fault } from "#shared/fault.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import type { BlobReference } from "#shared/model.ts";
import { pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Resolver } from "./context.ts";

/** How long another builder is looked for where one cannot do it, and within what time one is missed that went away. */
const patience = { refused: seconds(5), left: seconds(20) };

/** Has some builder read a PKGBUILD: one that has no engine, or goes away meanwhile, is not the only one. */
export const askBuilders = async (
  { ask, config }: Pick<Resolver, "ask" | "config">,
  source: BlobReference,
) => {
  const begun = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(generateSrcinfo, { source, arch: config.ARCH });
    } catch (error) {
      const isOver = performance.now() - begun > (attempt === 1 ? patience.left : patience.refused);
      if (isOver || !(error instanceof Fault) || error.kind !== "unavailable") throw error;
      await pause(50);
    }
  }
};
