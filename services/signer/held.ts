/**
 * The fingerprints of the keys and subkeys whose secret parts are there.
 *
 * Source: gnupg's doc/DETAILS, "Format of the colon listings": field 15 of `sec` and `ssb` is `#` for a stub.
 */
export const parseHeld = (listing: string): ReadonlySet<string> => {
  const held = new Set<string>();
  let isThere = false;
  for (const line of listing.split("\n")) {
    const fields = line.split(":");
    if (fields[0] === "sec" || fields[0] === "ssb") isThere = fields[14] !== "#";
    if (fields[0] === "fpr" && isThere && fields[9]) held.add(fields[9].toUpperCase());
  }
  return held;
};
