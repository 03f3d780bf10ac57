import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Reader } from "./state.ts";

/** Signatures made. Written by the signer, read by anyone. */
export const signatures = sqliteTable(
  "signatures",
  {
    sha256: text().notNull(),
    /** Of the primary key, upper-case hexadecimal. */
    fingerprint: text().notNull(),
    /** Detached, binary, base64. */
    signature: text().notNull(),
    signedAt: integer("signed_at").notNull(),
  },
  (signature) => [primaryKey({ columns: [signature.sha256, signature.fingerprint] })],
);

/** The key in use, one row; none while kiln serves unsigned. Written by the signer, read by anyone. */
export const signingKeys = sqliteTable("signing_keys", {
  /** Always 1. */
  id: integer().primaryKey(),
  fingerprint: text().notNull(),
  /** Armoured. */
  publicKey: text("public_key").notNull(),
});

/** Armoured; undefined while kiln serves unsigned. */
export const findPublicKey = async (read: Reader) => {
  const row = await read.select({ publicKey: signingKeys.publicKey }).from(signingKeys).get();
  return row?.publicKey;
};
