import { PackageInfo } from "#shared/views.ts";
import { ifMissing, pathOf } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { printable } from "../printable.ts";
import { openProgress } from "../progress.ts";
import type { Session } from "../session.ts";

/** Removes packages, one after the other, with their builds and published files. A member's name removes its pkgbase. */
export const remove = async ({ server, world }: Session, names: readonly string[]) => {
  for (const name of names) {
    using progress = openProgress(world, `removing ${printable(name)}`);
    // A package that is being removed is shown no more, but its removal can be asked for again.
    const found = await server.get(pathOf(name), PackageInfo).catch(ifMissing);
    const base = found?.value.base ?? name;
    await server.delete(pathOf(base));
    progress.end();
    const member = base === name ? "" : `, which builds ${printable(name)}`;
    world.output.write(`removed ${printable(base)}${member}\n`);
  }
  return exitCodes.done;
};
