/** What is known of one key or subkey; instants in milliseconds. */
export type KeyPart = {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** OpenPGP's packet version. */
  readonly version: number;
  /** As OpenPGP's registry names it: `rsaEncryptSign`, `dsa`, `eddsaLegacy` … */
  readonly algorithm: string;
  /** Of the modulus; curves have none. */
  readonly bits: number | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly revoked: boolean;
  /** Its key flags allow signing data. */
  readonly signs: boolean;
  /** `agent`: a gpg-agent holds it. */
  readonly secret: "open" | "locked" | "wrong-password" | "absent" | "agent";
  /** What else keeps it from signing. */
  readonly problem: string | undefined;
};

/** A primary key, its state rules all, and the subkeys bound to it. */
export type Certificate = { readonly primary: KeyPart; readonly subkeys: readonly KeyPart[] };

export type Verdict =
  | { readonly kind: "usable"; readonly certificate: number; readonly part: KeyPart }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * The key that signs: of the first certificate that can, the newest subkey able to, else its primary,
 * which is the order of gpg(1). Where none can, the reason of the first one, and what to do.
 */
export const judgeKey = (certificates: readonly Certificate[], now: number): Verdict => {
  const judged = certificates.map((certificate) => judgeCertificate(certificate, now));
  const at = judged.findIndex((verdict) => typeof verdict !== "string");
  const part = judged[at];
  if (part !== undefined && typeof part !== "string")
    return { kind: "usable", certificate: at, part };
  const reasons = judged.filter((verdict) => typeof verdict === "string");
  const [reason = "it holds no OpenPGP key; export one with gpg --armor --export-secret-keys"] =
    reasons.some((each) => each !== noSecret) ? reasons.filter((it) => it !== noSecret) : reasons;
  return { kind: "refused", reason };
};

const noSecret =
  "it holds no secret key, only public ones; export it with gpg --armor --export-secret-keys";

const judgeCertificate = ({ primary, subkeys }: Certificate, now: number): KeyPart | string => {
  if ([primary, ...subkeys].every(({ secret }) => secret === "absent")) return noSecret;
  const dead = ended(primary, now);
  if (dead) return dead;
  const newestFirst = subkeys.toSorted((a, b) => b.createdAt - a.createdAt);
  const signing = [...newestFirst, primary].filter(({ signs }) => signs);
  const able = signing.find((part) => obstacle(part, now) === undefined);
  if (able) return able;
  const [first] = signing;
  return first
    ? (obstacle(first, now) ?? "")
    : `key ${primary.fingerprint} cannot sign, nor can a subkey; add one with gpg --quick-add-key ${primary.fingerprint} ed25519 sign`;
};

/** Why a key signs nothing; nothing if it does. */
const obstacle = (part: KeyPart, now: number): string | undefined =>
  ended(part, now) ?? weakness(part) ?? locked(part) ?? other(part);

const ended = ({ fingerprint, revoked, expiresAt, createdAt }: KeyPart, now: number) => {
  if (revoked) return `key ${fingerprint} is revoked; put another one in its place`;
  if (expiresAt !== undefined && expiresAt <= now)
    return `key ${fingerprint} expired on ${day(expiresAt)}; extend it with gpg --quick-set-expire and export it again`;
  if (createdAt > now)
    return `key ${fingerprint} is valid from ${day(createdAt)} on; check this machine's clock`;
  return undefined;
};

/** What the gpg behind pacman-key(8) reads and trusts. */
const strong = ["rsaEncryptSign", "rsaSign", "dsa", "ecdsa", "eddsaLegacy"];

const weakness = ({ fingerprint, version, algorithm, bits }: KeyPart) => {
  if (version !== 4 || !strong.includes(algorithm))
    return `key ${fingerprint} is of a kind that pacman's gpg does not read (version ${version}, ${algorithm}), expected a version 4 key of Ed25519, ECDSA, RSA or DSA`;
  if (bits !== undefined && bits < 2048)
    return `key ${fingerprint} has ${bits} bits, expected at least 2048; make a new key`;
  return undefined;
};

const locked = ({ fingerprint, secret }: KeyPart) => {
  if (secret === "absent")
    return `the secret part of key ${fingerprint} is missing; export it with gpg --armor --export-secret-keys`;
  if (secret === "locked") return `key ${fingerprint} is encrypted; set SIGN_KEY_PASSWORD`;
  if (secret === "wrong-password")
    return `SIGN_KEY_PASSWORD does not open key ${fingerprint}; set the key's own password`;
  return undefined;
};

const other = ({ fingerprint, problem }: KeyPart) =>
  problem === undefined ? undefined : `key ${fingerprint} cannot sign: ${problem}`;

const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);
