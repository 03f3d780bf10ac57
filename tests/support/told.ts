import { containersWith, engineCommand } from "./engine.ts";

/** Shell text of a build that goes on when it is told to. */
export const untilTold = "until [ -e /tmp/go ]; do sleep 0.2; done";

/** Tells the builds of a package that are under way. */
export const tell = async (pkgbase: string) => {
  for (const container of await containersWith(`kiln.pkgbase=${pkgbase}`))
    await engineCommand("exec", container, "touch", "/tmp/go");
};
