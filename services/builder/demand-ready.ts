import type { Builder } from "./context.ts";

/** `Fault` where no build can start here: without an engine that has the image and confines it, or without room. */
export const demandReady = async ({ blobs, disk, engine, image }: Builder) => {
  await engine.ping();
  await blobs.ping();
  await engine.demandImage(image);
  await engine.demandNetwork(image);
  await disk.demandRoom(image);
};
