import { Fault } from "#shared/fault.ts";
import { sign as question } from "#shared/messages/sign.ts";
import { answer, defineService, every } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { minutes, seconds } from "#shared/time.ts";
import { Config, open } from "./context.ts";
import { prune } from "./prune.ts";
import { sign } from "./sign.ts";
import { watchKey } from "./watch-key.ts";

/** Alone reaches the signing key. Signs what a build's record names, and databases of what it signed. */
export const signer = defineService({
  name: "signer",
  config: Config,
  state: true,
  open,
  answers: [answer(question, sign)],
  repeats: [every(seconds(3), watchKey), every(minutes(60), prune)],
  async health({ blobs, keyring, state }) {
    await state.ping();
    await blobs.ping();
    const key = await keyring.look();
    if (key.kind === "refused") throw new Fault("unavailable", key.reason);
  },
});

if (import.meta.main) await run(signer);
