import type { SigningKey } from "../../services/signer/keyring.ts";
import { sha256Of } from "./blobs.ts";

const fingerprint = "5AFE0000000000000000000000000000C0FFEE00";

/** A key that signs at once: what it makes is a hash, which no OpenPGP reads and nothing here has to. */
export const simulatedKey: SigningKey = {
  kind: "usable",
  fingerprint,
  signer: fingerprint,
  publicKey: "the simulated key",
  armoured: "the simulated key",
  inAgent: false,
  sign: async (content) => Buffer.from(sha256Of(content), "hex"),
};
