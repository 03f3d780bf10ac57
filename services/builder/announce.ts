import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import type { Builder } from "./context.ts";

/** Says that this builder lives, if it can build. */
export const announce = async (builder: Builder) => {
  const { config, name, now, publish } = builder;
  if (await canBuild(builder))
    await publish(builderAnnounced, { builder: name, slots: config.BUILDER_SLOTS, at: now() });
};

const canBuild = async ({ blobs, engine, image }: Builder) => {
  try {
    await blobs.ping();
    await engine.ping();
    await engine.demandImage(image);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
};
