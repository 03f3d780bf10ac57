import {
  config,
  createMessage,
  generateKey,
  type Key,
  type PrivateKey,
  readKeys,
  readSignature,
  type Subkey,
  sign,
} from "openpgp";
import type { Certificate, KeyPart } from "./judge-key.ts";

/** What a key is judged by is `judge-key.ts`, not the library's own list of what is too weak. */
const lenient = {
  ...config,
  minRSABits: 0,
  rejectPublicKeyAlgorithms: new Set<never>(),
  preferredHashAlgorithm: 10, // SHA-512, RFC 9580 §9.5
};

export type OpenedKey = {
  readonly certificate: Certificate;
  /** Armoured. */
  readonly publicKey: string;
  /** Detached and binary, made by the key or subkey of that fingerprint. */
  sign(content: Uint8Array, fingerprint: string, at: number): Promise<Uint8Array>;
};

/** Every key in an armoured file, those with a secret part opened by the password; none where it is no such file. */
export const openKeys = async (
  armoured: string,
  password: string | undefined,
  now: number,
): Promise<readonly OpenedKey[]> => {
  const keys = await readKeys({ armoredKeys: armoured, config: lenient }).catch(() => []);
  return Promise.all(keys.map((key) => openKey(key, password, now)));
};

/** An armoured secret key: Ed25519 as every gpg since 2.1 reads it. */
export const makeKey = async (name: string, password: string | undefined, now: number) => {
  const { privateKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name }],
    subkeys: [],
    date: new Date(now),
    ...(password !== undefined && { passphrase: password }),
    format: "armored",
  });
  return privateKey;
};

/** Whether bytes are a signature that names a key as its maker. */
export const isMadeBy = async (signature: Uint8Array, fingerprint: string) => {
  const read = await readSignature({ binarySignature: signature }).catch(() => undefined);
  const makers = read?.getSigningKeyIDs().map((id) => id.toHex().toUpperCase()) ?? [];
  return makers.length === 1 && fingerprint.endsWith(makers[0] ?? "none");
};

const openKey = async (
  key: Key,
  password: string | undefined,
  now: number,
): Promise<OpenedKey> => ({
  certificate: {
    primary: await primaryOf(key, password, now),
    subkeys: await Promise.all(key.subkeys.map((subkey) => subkeyOf(key, subkey, password, now))),
  },
  publicKey: key.toPublic().armor(),
  async sign(content, fingerprint, at) {
    if (!key.isPrivate()) throw new TypeError(`key ${key.getFingerprint()} is public`);
    return signWith(key, content, fingerprint, at);
  },
});

const signWith = async (key: PrivateKey, content: Uint8Array, fingerprint: string, at: number) => {
  const ids = key.getKeys().filter((part) => fingerprintOf(part) === fingerprint);
  return sign({
    message: await createMessage({ binary: content }),
    signingKeys: key,
    signingKeyIDs: ids.map((part) => part.getKeyID()),
    detached: true,
    format: "binary",
    date: new Date(at),
    config: lenient,
  });
};

const primaryOf = async (key: Key, password: string | undefined, now: number): Promise<KeyPart> => {
  const selfSignatures = key.users.flatMap((user) => user.selfCertifications);
  const user = await key.getPrimaryUser(new Date(now), undefined, lenient).catch(() => undefined);
  return {
    ...(await partOf(key, key, password)),
    expiresAt: instantOf(await key.getExpirationTime(undefined, lenient)),
    revoked: await key.isRevoked(undefined, undefined, new Date(now), lenient),
    signs: signsData((user?.selfCertification ?? selfSignatures.at(-1))?.keyFlags),
  };
};

const subkeyOf = async (
  key: Key,
  subkey: Subkey,
  password: string | undefined,
  now: number,
): Promise<KeyPart> => ({
  ...(await partOf(key, subkey, password)),
  expiresAt: instantOf(await subkey.getExpirationTime(new Date(now), lenient)),
  revoked: subkey.revocationSignatures.length > 0,
  signs: signsData(subkey.bindingSignatures.at(-1)?.keyFlags),
});

const partOf = async (key: Key, part: Key | Subkey, password: string | undefined) => {
  const { algorithm, bits } = part.getAlgorithmInfo();
  return {
    fingerprint: fingerprintOf(part),
    version: part.keyPacket.version,
    algorithm,
    bits,
    createdAt: part.getCreationTime().getTime(),
    secret: await unlock(part, password),
    problem: await key
      .getSigningKey(part.getKeyID(), null, undefined, lenient)
      .then(() => undefined, String),
  };
};

const unlock = async (
  { keyPacket }: Key | Subkey,
  password: string | undefined,
): Promise<KeyPart["secret"]> => {
  if (!("decrypt" in keyPacket) || keyPacket.isMissingSecretKeyMaterial()) return "absent";
  if (keyPacket.isDecrypted()) return "open";
  if (password === undefined) return "locked";
  return keyPacket.decrypt(password).then(
    () => "open" as const,
    () => "wrong-password" as const,
  );
};

/** RFC 9580 §5.2.3.29: 0x02 in the first octet; a key without flags may do anything. */
const signsData = (flags: Uint8Array | null | undefined) => !flags || ((flags[0] ?? 0) & 2) !== 0;

const fingerprintOf = (part: Key | Subkey) => part.getFingerprint().toUpperCase();

/** The library says `Infinity` for a key without an end, and null for one that is not valid at all. */
const instantOf = (time: Date | number | null) =>
  time instanceof Date ? time.getTime() : undefined;
