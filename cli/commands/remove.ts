import { pathOf } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { printable } from "../printable.ts";
import { openProgress } from "../progress.ts";
import type { Session } from "../session.ts";

/** Removes packages, one after the other, with their builds and published files. */
export const remove = async ({ server, world }: Session, names: readonly string[]) => {
  for (const name of names) {
    using progress = openProgress(world, `removing ${printable(name)}`);
    await server.delete(pathOf(name));
    progress.end();
    world.output.write(`removed ${printable(name)}\n`);
  }
  return exitCodes.done;
};
