import { Fault } from "#shared/fault.ts";
import type { Api } from "./context.ts";
import { isNamed, type KeyRow, writeSourceKeys } from "./store/source-keys.ts";

/** Characters of one key, without the signatures of others: it travels in each request of a build. */
const mostCharacters = 48 * 1024;

type Importing = Pick<Api, "config" | "now" | "state">;

/**
 * Takes public keys for the builds whose `validpgpkeys` name them. `any`: also a key that no source names yet. One key that
 * is refused means that none is taken.
 */
export const importKeys = async (
  { config, now, state }: Importing,
  { key, any }: { readonly key: string; readonly any: boolean },
): Promise<readonly KeyRow[]> => {
  const rows = await readKeys(key, now());
  for (const { fingerprint } of rows)
    if (!any && !(await isNamed(state.read, fingerprint, config.ARCH)))
      throw new Fault(
        "conflict",
        `no package that is added names ${fingerprint} in validpgpkeys; "kiln key import --any" takes it all the same`,
      );
  await writeSourceKeys(state, rows);
  return rows;
};

/** openpgp is loaded where it is needed: the api starts without it. */
const readKeys = async (armoured: string, addedAt: number): Promise<readonly KeyRow[]> => {
  const openpgp = await import("openpgp");
  const keys = await openpgp.readKeys({ armoredKeys: armoured }).catch((cause: unknown) => {
    throw new Fault(
      "invalid",
      "expected armoured public keys, as gpg --export --armor writes them",
      {
        cause,
      },
    );
  });
  if (keys.length === 0) throw new Fault("invalid", "expected at least one public key");
  return keys.map((key): KeyRow => {
    const fingerprint = key.getFingerprint().toUpperCase();
    if (key.isPrivate())
      throw new Fault("invalid", `${fingerprint} is a private key: give the public one alone`);
    for (const user of key.users) user.otherCertifications = [];
    const text = key.armor();
    if (text.length > mostCharacters)
      throw new Fault("invalid", `${fingerprint} has over ${mostCharacters} characters`);
    return { fingerprint, armoured: text, users: key.getUserIDs().join("\n"), addedAt };
  });
};
