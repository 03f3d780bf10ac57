import type { ProgramEnvironment } from "#shared/run-program.ts";
import { SourceFault } from "./unusable.ts";

/** A remote without a secret in its URL, and the variables by which git gets the secret when the server asks. */
export type Remote = { readonly url: string; readonly environment: ProgramEnvironment };

/** Run by git(1) with sh; the names and values come from the environment. Source: gitcredentials(7). */
const helper =
  '!answer() { printf "username=%s\\npassword=%s\\n" "$KILN_GIT_USERNAME" "$KILN_GIT_PASSWORD"; }; answer';

/**
 * Takes a secret out of a URL that `parseGitUrl` accepted, because every user of this host can read the arguments of a
 * program. `SourceFault` invalid where the secret is not one line.
 */
export const remoteOf = (url: string): Remote => {
  const [, scheme = "", authority = "", rest = ""] =
    /^((?:https?|ssh|git):\/\/)([^/?#]*)(.*)$/is.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  if (scheme === "" || at === -1) return { url, environment: {} };
  const [name = "", ...secret] = authority.slice(0, at).split(":");
  const host = authority.slice(at + 1);
  // ssh asks for no password here: it has keys.
  if (!/^http/i.test(scheme)) return { url: `${scheme}${name}@${host}${rest}`, environment: {} };
  return {
    url: `${scheme}${host}${rest}`,
    environment: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `credential.${scheme.toLowerCase()}${host}.helper`,
      GIT_CONFIG_VALUE_0: helper,
      KILN_GIT_USERNAME: decoded(name),
      KILN_GIT_PASSWORD: decoded(secret.join(":")),
    },
  };
};

const decoded = (text: string) => {
  try {
    const plain = decodeURIComponent(text);
    if (!/\p{Cc}/u.test(plain)) return plain;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new SourceFault("invalid", "git url: expected a user and a password of one line each");
};
