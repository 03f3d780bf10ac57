import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { decompress } from "#shared/pacman/decompress.ts";
import { flag, text } from "#shared/service/config.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import { ProgramConfig, programEnvironment } from "#shared/service/program-config.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { connectAgent } from "./agent.ts";
import { generateKey } from "./generate-key.ts";
import { connectGpg } from "./gpg.ts";
import { openKeyring } from "./keyring.ts";
import { openBlobSigner } from "./sign-blob.ts";

export const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  /** Names the repository in the key that is generated. */
  NAME: v.optional(v.string(), "serene"),
  /** Opens an encrypted `DATA_DIR/sign_key.asc`. */
  SIGN_KEY_PASSWORD: text,
  /** Makes a key where there is none. */
  SIGN_KEY_GENERATE: flag(false),
  ...ProgramConfig,
});

export const open = async ({ blobs, config, log, newId, now }: Base<typeof Config>) => {
  const unwritable = ifUnwritable(`the signer's files cannot be written into ${config.DATA_DIR}`);
  await mkdir(config.DATA_DIR, { recursive: true }).catch(unwritable);
  const path = join(config.DATA_DIR, "sign_key.asc");
  const password = config.SIGN_KEY_PASSWORD;
  const environment = programEnvironment(config);
  const socket = join(config.DATA_DIR, "S.gpg-agent");
  const keyring = openKeyring(path, password, now, connectAgent(resolve(socket), environment));
  if (config.SIGN_KEY_GENERATE && (await keyring.look()).kind === "none") {
    const wanted = { path, name: config.NAME, password, now: now(), newId };
    const made = await generateKey(wanted).catch(unwritable);
    if (made) log.info("signing key generated", { path });
  }
  const gpg = await connectGpg(join(config.DATA_DIR, "gnupg"), {
    password,
    now,
    socket,
    environment,
  });
  return {
    keyring,
    signBlob: openBlobSigner(blobs, gpg),
    unpack: decompress,
    /** Fingerprints and frames of databases whose every entry was found to be signed by that key. */
    checkedFrames: new Set<string>(),
  };
};

export type Signer = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
