import { Fault } from "#shared/fault.ts";
import { builderAnnounced } from "#shared/messages/builder.ts";
import type { Builder } from "./context.ts";
import { demandReady } from "./demand-ready.ts";

/** Says that this builder lives, if it can build. */
export const announce = async (builder: Builder) => {
  const { config, name, now, publish } = builder;
  if (await canBuild(builder))
    await publish(builderAnnounced, { builder: name, slots: config.BUILDER_SLOTS, at: now() });
};

const canBuild = async (builder: Builder) => {
  try {
    await demandReady(builder);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
};
