/** The first word of each line; the rest of a line is a comment. */
export const parseAuthorized = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim().split(/\s+/, 1)[0] ?? "")
    .filter((hash) => hash !== "");

/** Takes as long for a near miss as for a far one, and for the first line as for the last. */
export const isAuthorized = (hash: string, authorized: readonly string[]) => {
  let found = false;
  for (const candidate of authorized) if (areEqual(hash, candidate)) found = true;
  return found;
};

const areEqual = (a: string, b: string) => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
};
