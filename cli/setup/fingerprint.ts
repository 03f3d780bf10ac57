import { execa } from "execa";

/** Of the key that this kiln signs with, as gpg reads it; undefined while it signs nothing. */
export const findFingerprint = async (url: string, signal: AbortSignal) => {
  const answer = await fetch(`${url}/key`, { signal });
  if (answer.status === 404) return undefined;
  const shown = await execa("gpg", ["--batch", "--show-keys", "--with-colons"], {
    input: await answer.text(),
    cancelSignal: signal,
  });
  return /^fpr:+([0-9A-F]+):/m.exec(shown.stdout)?.[1];
};
