import { readFile, stat } from "node:fs/promises";
import { ifMissing } from "#shared/if-missing.ts";
import type { Agent } from "./agent.ts";
import { type Certificate, judgeKey, type KeyPart } from "./judge-key.ts";
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
  /** Its secret part is in the gpg-agent, so that only gpg can sign. */
  readonly inAgent: boolean;
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
  /** Fingerprints of what the agent holds of them; nothing where there is no agent. */
  readonly held: ReadonlySet<string> | undefined;
};

export const openKeyring = (
  path: string,
  password: string | undefined,
  now: () => number,
  agent: Agent,
): Keyring => {
  let file: Loaded = { version: "", armoured: "", keys: [], held: undefined };

  const load = async (ofFile: string) => {
    const ofAgent = await agent.version();
    const version = `${ofFile} ${ofAgent}`;
    // An agent that held nothing may have been given the key meanwhile.
    if (file.version === version && file.held?.size !== 0) return file;
    const armoured = await readFile(path, "utf8");
    const keys = await openKeys(armoured, password, now());
    const publicKeys = keys.map(({ publicKey }) => publicKey).join("\n");
    const held = ofAgent === undefined ? undefined : await agent.held(publicKeys);
    file = { version, armoured, keys, held };
    return file;
  };

  return {
    async look() {
      const found = await stat(path, { bigint: true }).catch(ifMissing);
      if (!found) return { kind: "none" };
      const { armoured, keys, held } = await load(`${found.ino} ${found.size} ${found.ctimeNs}`);
      const at = now();
      const verdict = judgeKey(
        keys.map((key) => withAgent(key.certificate, held)),
        at,
      );
      if (verdict.kind === "refused")
        return {
          kind: "refused",
          reason: `${path} cannot sign: ${verdict.reason}${held ? "; or give its secret part to the gpg-agent" : ""}`,
        };
      const key = keys[verdict.certificate];
      if (!key) throw new RangeError(`no certificate ${verdict.certificate}`);
      const signer = verdict.part.fingerprint;
      return {
        kind: "usable",
        fingerprint: key.certificate.primary.fingerprint,
        signer,
        publicKey: key.publicKey,
        armoured: held ? key.publicKey : armoured,
        inAgent: held !== undefined,
        sign: (content) => key.sign(content, signer, now()),
      };
    },
  };
};

/** Where there is an agent, what it does not hold counts as absent. */
const withAgent = (
  { primary, subkeys }: Certificate,
  held: ReadonlySet<string> | undefined,
): Certificate => {
  if (!held) return { primary, subkeys };
  const inAgent = (part: KeyPart): KeyPart => ({
    ...part,
    secret: held.has(part.fingerprint) ? "agent" : "absent",
  });
  return { primary: inAgent(primary), subkeys: subkeys.map(inAgent) };
};
