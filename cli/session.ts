import { type Colours, coloursFor } from "./colours.ts";
import { connectServer, type Server } from "./connect.ts";
import { findSettings, type Given } from "./settings.ts";
import type { World } from "./world.ts";

/** What every command works with. */
export type Session = {
  readonly world: World;
  readonly server: Server;
  readonly colours: Colours;
};

export const openSession = async (world: World, given: Given): Promise<Session> => ({
  world,
  server: connectServer(world, await findSettings(world, given)),
  colours: coloursFor(world),
});

/** The same session, in which what people are told goes beside the results: those are for a program. */
export const forProgram = (session: Session): Session => {
  const { world } = session;
  return { ...session, world: { ...world, output: world.messages } };
};
