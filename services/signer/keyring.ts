import { readFile, stat } from "node:fs/promises";
import { type Certificate, judgeKey } from "./judge-key.ts";
import { type OpenedKey, openKeys } from "./key.ts";

export type SigningKey = {
  readonly kind: "usable";
  /** Of the primary key, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Of the key or subkey that signs. */
  readonly signer: string;
  /** Armoured. */
  readonly publicKey: string;
  /** As the key file has it: armoured, with its secret parts. */
  readonly armoured: string;
  /** Detached and binary. */
  sign(content: Uint8Array): Promise<Uint8Array>;
};

export type KeyState =
  | SigningKey
  | { readonly kind: "none" }
  /** `reason` names the file and what to do. */
  | { readonly kind: "refused"; readonly reason: string };

/** The key in use, looked up anew each time: a file that is put there, replaced or taken away counts at once. */
export type Keyring = { look(): Promise<KeyState> };

type Loaded = {
  /** What told the file apart from others when it was read. */
  readonly version: string;
  readonly armoured: string;
  readonly keys: readonly OpenedKey[];
};

export const openKeyring = (
  path: string,
  password: string | undefined,
  now: () => number,
): Keyring => {
  let file: Loaded = { version: "", armoured: "", keys: [] };

  const load = async (version: string) => {
    if (file.version === version) return file;
    const armoured = await readFile(path, "utf8");
    file = { version, armoured, keys: await openKeys(armoured, password, now()) };
    return file;
  };

  return {
    async look() {
      const found = await stat(path, { bigint: true }).catch(ifMissing);
      if (!found) return { kind: "none" };
      const { armoured, keys } = await load(`${found.ino} ${found.size} ${found.ctimeNs}`);
      const at = now();
      const verdict = judgeKey(keys.map(certificateOf), at);
      if (verdict.kind === "refused")
        return { kind: "refused", reason: `${path} cannot sign: ${verdict.reason}` };
      const key = keys[verdict.certificate];
      if (!key) throw new RangeError(`no certificate ${verdict.certificate}`);
      const signer = verdict.part.fingerprint;
      return {
        kind: "usable",
        fingerprint: key.certificate.primary.fingerprint,
        signer,
        publicKey: key.publicKey,
        armoured,
        sign: (content) => key.sign(content, signer, now()),
      };
    },
  };
};

const certificateOf = ({ certificate }: OpenedKey): Certificate => certificate;

const ifMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== "ENOENT") throw error;
  return undefined;
};
