const encoder = new TextEncoder();

/** What `authorized_secrets` holds of a secret: base64 of its sha256. */
export const hashOf = async (secret: string) => {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(secret));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
};
