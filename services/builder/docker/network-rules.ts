import type { Reachable } from "../reachable.ts";

/** What the engine's host has, which rules are made of. */
export type Host = {
  /** IP addresses of the name servers that containers ask. */
  readonly resolvers: readonly string[];
  /** The host's own IP addresses. */
  readonly addresses: readonly string[];
};

/**
 * What no container reaches, of IPv4: this network, private, shared, loopback, link-local, protocol assignments,
 * benchmarking, multicast and reserved. Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890).
 */
const refused4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0-255.255.255.255"],
];

/**
 * The same of IPv6: loopback and unspecified, mapped, unique local, link- and site-local, multicast, 6to4, local NAT64, and
 * what the well-known prefix of NAT64 makes of the private ranges. Source: RFC 6890, RFC 6052.
 */
const refused6 = [
  ...["::/127", "::ffff:0:0/96", "fc00::/7", "fe80::-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ...["ff00::/8", "2002::/16", "64:ff9b:1::/48", "64:ff9b::a00:0/104", "64:ff9b::ac10:0/108"],
  ...["64:ff9b::c0a8:0/112", "64:ff9b::a9fe:0/112", "64:ff9b::6440:0/106", "64:ff9b::7f00:0/104"],
];

/**
 * nftables rules for a container's network namespace: nothing comes in, and what is private or the host's own is
 * refused, but for the name servers and what is `reachable` by address. Rules for names go into the chain `reachable`.
 * A refused destination is remembered in the sets `refused4` and `refused6`. Source: nft(8).
 */
export const rulesOf = (host: Host, reachable: readonly Reachable[]): string =>
  `table inet kiln {
  set refused4 { type ipv4_addr . inet_service; size 64; flags dynamic; }
  set refused6 { type ipv6_addr . inet_service; size 64; flags dynamic; }
  chain reachable {
${reachable
  .filter(({ isName }) => !isName)
  .map(ruleOf)
  .join("\n")}
  }
  chain refuse {
    meta nfproto ipv4 meta l4proto { tcp, udp } add @refused4 { ip daddr . th dport }
    meta nfproto ipv6 meta l4proto { tcp, udp } add @refused6 { ip6 daddr . th dport }
    reject with icmpx admin-prohibited
  }
  chain output {
    type filter hook output priority filter; policy accept;
    oifname "lo" accept
    ct state established,related accept
    icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
${host.resolvers.map((address) => ruleOf({ host: address, port: 53 })).join("\n")}
    jump reachable
    ip daddr { ${[...refused4, ...host.addresses.filter(isOutside4)].join(", ")} } goto refuse
    ip6 daddr { ${[...refused6, ...host.addresses.filter(isOutside6)].join(", ")} } goto refuse
  }
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    meta l4proto { 1, 58 } accept
  }
}
`;

const ruleOf = ({ host, port }: Pick<Reachable, "host" | "port">) =>
  `    ${host.includes(":") ? "ip6" : "ip"} daddr ${host} meta l4proto { tcp, udp } ${port === null ? "" : `th dport ${port} `}accept`;

/** nft refuses a set whose intervals overlap, so what a range holds already is left out. */
const isOutside4 = (address: string) =>
  !address.includes(":") &&
  !/^(0|10|127|22[4-9]|2[3-5]\d|169\.254|192\.168|192\.0\.0|198\.1[89])\./.test(address) &&
  !/^172\.(1[6-9]|2\d|3[01])\./.test(address) &&
  !/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(address);

const isOutside6 = (address: string) =>
  address.includes(":") && !/^(::|f[c-f]|2002:|64:ff9b:)/.test(address);
