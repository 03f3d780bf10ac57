import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import type { Builder } from "./context.ts";

/** Says that this builder lives, if it can build. */
export const announce = async ({ config, engine, image, name, now, publish }: Builder) => {
  if (await canBuild(engine, image))
    await publish(builderAnnounced, { builder: name, slots: config.BUILDER_SLOTS, at: now() });
};

const canBuild = async (engine: Builder["engine"], image: string) => {
  try {
    await engine.ping();
    await engine.demandImage(image);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
};
