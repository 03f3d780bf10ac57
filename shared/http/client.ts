import { hashOf } from "#shared/secret.ts";

/**
 * Names the client of a request, so that what all clients share is shared out among them. Where reading takes a secret, which a
 * guard has checked by then, it is the secret's hash; else the address that the client connects from, of IPv6 the /64
 * network, which is the least that one client is given.
 *
 * A proxy says in X-Forwarded-For for whom it asks. That header is believed from this host and private networks alone:
 * another peer could name as many addresses as it likes.
 */
export const clientOf = async (
  { headers }: Request,
  { ALLOW_READS }: { readonly ALLOW_READS: boolean },
  peer: string | undefined,
): Promise<string> => {
  if (!ALLOW_READS) return `secret ${await hashOf(headers.get("authorization") ?? "")}`;
  const forwarded = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  const address = forwarded && peer !== undefined && isNear(peer) ? forwarded : peer;
  return `address ${address === undefined ? "unknown" : networkOf(address)}`;
};

/** Of this host, or of a private network (RFC 1918, RFC 4193, link-local). */
const isNear = (address: string) =>
  /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\.|^::1$|^f[cd][\da-f]{2}:|^fe[89ab][\da-f]:/i.test(
    withoutMapping(address),
  );

const networkOf = (address: string) => {
  const plain = withoutMapping(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.toLowerCase().split("::", 2);
  const groups = (text: string) => text.split(":").filter(Boolean);
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => "0");
  const all = plain.includes("::") ? [...groups(head), ...zeros, ...groups(tail)] : groups(plain);
  return `${all.slice(0, 4).join(":")}::/64`;
};

/** A socket for both kinds of addresses has IPv4's as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
const withoutMapping = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");
