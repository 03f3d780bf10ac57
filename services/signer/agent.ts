import { mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ifMissing } from "#shared/if-missing.ts";
import { type ProgramEnvironment, programsWith } from "#shared/run-program.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { parseHeld } from "./held.ts";

/** A gpg-agent of somebody else's, who keeps secret keys in it: behind a socket, or not there. */
export type Agent = {
  /** What tells the socket apart from others; nothing where there is none. */
  version(): Promise<string | undefined>;
  /** Of the public keys in an armoured text, the fingerprints whose secret parts it holds, upper-case. */
  held(armoured: string): Promise<ReadonlySet<string>>;
};

export const connectAgent = (socket: string, environment: ProgramEnvironment): Agent => ({
  async version() {
    const found = await stat(socket, { bigint: true }).catch(ifMissing);
    return found?.isSocket() ? `${found.ino} ${found.ctimeNs}` : undefined;
  },
  async held(armoured) {
    const home = await mkdtemp(join(tmpdir(), "kiln-agent-")).catch(unwritable);
    try {
      await linkAgent(home, socket, environment);
      const own = ["--homedir", home, "--batch", "--no-tty", "--quiet", "--no-autostart"];
      const gpg = (argv: readonly string[], input = "") =>
        programsWith(environment)("gpg", [...own, ...argv], { reject: false, input });
      await gpg(["--import"], armoured);
      const listed = await gpg(["--with-colons", "--list-secret-keys"]);
      return parseHeld(String(listed.stdout));
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
});

const unwritable = ifUnwritable(`gpg's files cannot be written into ${tmpdir()}`);

/** Has gpg find somebody else's agent where it looks for that of a home. */
export const linkAgent = async (home: string, socket: string, environment: ProgramEnvironment) => {
  const argv = ["--homedir", home, "--list-dirs", "agent-socket"];
  const { stdout } = await programsWith(environment)("gpgconf", argv, {});
  await mkdir(dirname(stdout), { recursive: true, mode: 0o700 });
  await rm(stdout, { force: true });
  await symlink(socket, stdout);
};
