import type { ProgramEnvironment } from "#shared/run-program.ts";

/** A remote without a secret in its URL, and the variables by which git gets the secret when the server asks. */
export type Remote = { readonly url: string; readonly environment: ProgramEnvironment };

/** Run by git(1) with sh; the names and values come from the environment. Source: gitcredentials(7). */
const helper =
  '!answer() { printf "username=%s\\npassword=%s\\n" "$KILN_GIT_USERNAME" "$KILN_GIT_PASSWORD"; }; answer';

/**
 * Takes a secret out of a git URL, because every user of a host can read the arguments of its programs. Undefined where
 * the user or the password is not one line of valid percent-encoding.
 */
export const remoteOf = (url: string): Remote | undefined => {
  const [, scheme = "", authority = "", rest = ""] =
    /^((?:https?|ssh|git):\/\/)([^/?#]*)(.*)$/is.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  if (scheme === "" || at === -1) return { url, environment: {} };
  const [name = "", ...secret] = authority.slice(0, at).split(":");
  const host = authority.slice(at + 1);
  // ssh asks for no password here: it has keys.
  if (!/^http/i.test(scheme)) return { url: `${scheme}${name}@${host}${rest}`, environment: {} };
  const [username, password] = [decoded(name), decoded(secret.join(":"))];
  if (username === undefined || password === undefined) return undefined;
  return {
    url: `${scheme}${host}${rest}`,
    environment: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `credential.${scheme.toLowerCase()}${host}.helper`,
      GIT_CONFIG_VALUE_0: helper,
      KILN_GIT_USERNAME: username,
      KILN_GIT_PASSWORD: password,
    },
  };
};

const decoded = (text: string) => {
  try {
    const plain = decodeURIComponent(text);
    return /\p{Cc}/u.test(plain) ? undefined : plain;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};
