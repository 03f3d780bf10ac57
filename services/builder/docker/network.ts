import { Fault } from "#shared/fault.ts";
import { shareFor } from "#shared/single-flight.ts";
import { minutes, seconds } from "#shared/time.ts";
import { type Reachable, reachableOfMirrorlist } from "../reachable.ts";
import type { Connection } from "./connection.ts";
import { type Helper, runHelper } from "./helper.ts";
import { type Host, rulesOf } from "./network-rules.ts";
import { type Networks, oneNetwork } from "./one-network.ts";
import { asFault, statusOf } from "./refusal.ts";

/** What containers with a network reach. */
export type NetworkPolicy =
  /** Whatever the engine's default network does. */
  | { readonly kind: "open" }
  /** The internet, and `reachable`: nothing else that is private, and not each other. */
  | { readonly kind: "filtered"; readonly reachable: readonly Reachable[] };

export type Network = {
  /** `Fault` unavailable where containers of an image cannot be confined. */
  demand(image: string): Promise<void>;
  /** The id of the network that containers are made in; undefined: the engine's own. */
  join(): Promise<string | undefined>;
  /** Loads the rules into a container's network, before anything runs in it. */
  confine(id: string, image: string): Promise<void>;
  /** Addresses with ports, `192.0.2.1:443`, that the rules refused to a container. */
  refused(id: string, image: string): Promise<readonly string[]>;
};

/** One for all builders of an engine: their containers do not reach each other in it. */
const networkName = "kiln-builds";

/** How long what was found out about an engine's network stays known, and how long that it failed: containers are made for it. */
const known = { found: minutes(10), failed: seconds(10) };

/** Loads the rules, and for each `name port` what the container's resolver finds; a port of `*` is any. */
const load = `set -euo pipefail
rules=$1; shift
allow() {
  { timeout 5 getent ahosts "$1" || true; } | awk -v port="$2" '!seen[$1]++ {
    printf "add rule inet kiln reachable %s daddr %s meta l4proto { tcp, udp } %saccept\\n",
      ($1 ~ /:/ ? "ip6" : "ip"), $1, (port == "*" ? "" : "th dport " port " ") }'
}
{ printf '%s\\n' "$rules"; for it; do allow "\${it% *}" "\${it#* }" & done; wait; } | nft -f -
echo confined`;

const list = "nft -n list set inet kiln refused4; nft -n list set inet kiln refused6";

/** The engine's own network is asked for name servers: in any other, docker stands between. */
const lookInside = "cat /etc/resolv.conf; echo; cat /etc/pacman.d/mirrorlist 2>/dev/null || true";

const lookAtHost = "cat /proc/net/fib_trie /proc/net/if_inet6 2>/dev/null || true";

export const openNetwork = (
  { docker, brief, url, limit }: Connection,
  policy: NetworkPolicy,
): Network => {
  if (policy.kind === "open") return openToAll;
  const run = (helper: Omit<Helper, "purpose">) =>
    runHelper(docker, limit, { ...helper, purpose: "network" }).catch((error: unknown) => {
      const fault = asFault(error, url, "a container for its network");
      // What the engine refuses is no build's fault.
      throw fault instanceof Fault && fault.kind === "conflict"
        ? notConfined(helper.image, fault.message)
        : fault;
    });

  const doing = `the network ${networkName}`;
  const networks: Networks = {
    async list() {
      const filters = { name: [networkName] };
      const listed = await limit.request(doing, () => brief.listNetworks({ filters }));
      // The engine's filter also finds names that contain this one.
      return listed.filter(({ Name }) => Name === networkName);
    },
    create: () =>
      limit
        .request(doing, (abortSignal) => docker.createNetwork({ ...network, abortSignal }))
        .then(() => undefined, unlessStatus(409)),
    remove: (id) =>
      limit
        .request(doing, () => brief.getNetwork(id).remove())
        .then(() => undefined, unlessStatus(403, 404)),
  };
  const join = async () => {
    const id = await oneNetwork(networks).catch((error: unknown) => {
      throw asFault(error, url, doing);
    });
    if (id === undefined)
      throw new Fault("unavailable", `${doing} was removed while a container was made for it`);
    return id;
  };

  const look = async (image: string) => {
    const [inside, outside] = await Promise.all([
      run({ image, network: "bridge", script: lookInside }),
      run({ image, network: "host", script: lookAtHost }),
    ]);
    return { image, host: hostOf(inside, outside), mirrors: reachableOfMirrorlist(inside) };
  };

  const confineIn = async (target: string, { image, host, mirrors }: Looked) => {
    const reachable = [...policy.reachable, ...mirrors];
    const names = reachable.filter(({ isName }) => isName);
    const output = await run({
      image,
      network: target,
      capabilities: ["NET_ADMIN"],
      script: load,
      args: [rulesOf(host, reachable), ...names.map(({ host, port }) => `${host} ${port ?? "*"}`)],
    });
    if (!output.endsWith("confined\n")) throw notConfined(image, output);
  };

  const tryOut = async (image: string) => {
    const looked = await look(image);
    await confineIn(await join(), looked);
    return looked;
  };
  const tried = new Map<string, () => Promise<Looked>>();
  const knownOf = (image: string) => {
    const found =
      tried.get(image) ??
      shareFor(
        known.found,
        keepingFailures(() => tryOut(image)),
      );
    tried.set(image, found);
    return found();
  };

  return {
    demand: async (image) => void (await knownOf(image)),
    join,
    confine: async (id, image) => confineIn(`container:${id}`, await knownOf(image)),
    async refused(id, image) {
      const network = `container:${id}`;
      const output = await run({ image, network, capabilities: ["NET_ADMIN"], script: list });
      return refusedIn(output);
    },
  };
};

type Looked = {
  readonly image: string;
  readonly host: Host;
  readonly mirrors: readonly Reachable[];
};

const unlessStatus =
  (...expected: readonly number[]) =>
  (error: unknown) => {
    if (!expected.includes(statusOf(error) ?? 0)) throw error;
  };

/** Runs again a while after a failure; until then the callers get that one. */
const keepingFailures = <T>(run: () => Promise<T>): (() => Promise<T>) => {
  const settled = shareFor(known.failed, () =>
    run().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  return async () => {
    const result = await settled();
    if ("error" in result) throw result.error;
    return result.value;
  };
};

const openToAll: Network = {
  demand: async () => {},
  join: async () => undefined,
  confine: async () => {},
  refused: async () => [],
};

const network = {
  Name: networkName,
  CheckDuplicate: true,
  Driver: "bridge",
  Options: { "com.docker.network.bridge.enable_icc": "false" },
  Labels: { "kiln.network": "1" },
};

/** Source: resolv.conf(5); /proc/net/fib_trie; /proc/net/if_inet6, whose scope 00 is global. */
const hostOf = (inside: string, outside: string): Host => ({
  resolvers: [...inside.matchAll(/^nameserver\s+([0-9a-fA-F.:]+)\s*$/gm)].map(([, it = ""]) => it),
  addresses: [
    ...new Set(
      [...outside.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL/g)].map(([, it = ""]) => it),
    ),
    ...[...outside.matchAll(/^([0-9a-f]{32}) \S+ \S+ 00 /gm)].map(([, it = ""]) =>
      (it.match(/.{4}/g) ?? []).join(":"),
    ),
  ],
});

const refusedIn = (listed: string) =>
  [...listed.matchAll(/([0-9a-f.:]+) \. (\d+)/g)].map(([, address = "", port]) =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  );

const notConfined = (image: string, reason: string) =>
  new Fault(
    "unavailable",
    /nft: (command )?not found/.test(reason)
      ? `network not confined: the runner image ${image} has no nft; make it again as runner/README.md says, or set RUNNER_NETWORK=open`
      : `network not confined: its rules cannot be loaded (${reason.trim().slice(-500)}); mend that, or set RUNNER_NETWORK=open`,
  );
