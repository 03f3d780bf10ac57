import type { Signer } from "./context.ts";
import { announce } from "./store.ts";

/** Says which key is in use after the key file was put there, replaced or taken away. A key that cannot sign stays announced: what it signed is still served. */
export const watchKey = async ({ keyring, state }: Signer) => {
  const key = await keyring.look();
  if (key.kind === "usable") await announce(state, key);
  if (key.kind === "none") await announce(state, undefined);
};
