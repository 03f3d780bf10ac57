import { hostname } from "node:os";
import pLimit from "p-limit";
import * as v from "valibot";
import type { Payload } from "#shared/bus/declare.ts";
import type { buildFinished } from "#shared/messages/build.ts";
import type { rebuildFinished } from "#shared/messages/rebuild.ts";
import { BuilderName, type BuildId, type RebuildId } from "#shared/model.ts";
import { buildTimeout } from "#shared/retention.ts";
import { integer } from "#shared/service/config.ts";
import type { Base, ContextOf, Publishing } from "#shared/service/define.ts";
import { syncMirror } from "#shared/sync-mirror.ts";
import { kilnVersion } from "#shared/version.ts";
import type { Limits } from "./container-spec.ts";
import { makeDeferrals } from "./deferrals.ts";
import { makeDisk } from "./disk.ts";
import { connectDocker } from "./docker/connect.ts";
import type { Engine } from "./docker/engine.ts";
import type { NetworkPolicy } from "./docker/network.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { nameOfHost } from "./name.ts";
import { type Compress, zstd } from "./output.ts";
import { makePeers } from "./peers.ts";
import { parseReachable, reachableOfUrl } from "./reachable.ts";
import { makeWork } from "./work.ts";

const engineUrl = v.optional(
  v.pipe(
    v.string(),
    v.regex(
      /^((unix:\/\/)?\/.+|(tcp|http):\/\/[^/\s]+\/?)$/,
      "unix:///path, a path, or tcp://host:port",
    ),
  ),
);

const repositoryUrl = v.optional(
  v.pipe(v.string(), v.regex(/^[a-z]+:\/\/\S+$/, "the URL of a pacman repository")),
);

const archiveUrl = v.pipe(v.string(), v.regex(/^[a-z]+:\/\/\S+$/, "the URL of a package archive"));

const reachableHosts = v.optional(
  v.pipe(
    v.string(),
    v.check(
      (text) => parseReachable(text) !== undefined,
      "hosts, host:port or ranges like 10.0.0.0/24, separated by commas",
    ),
  ),
);

/** HKP is HTTP on a port of its own. Source: draft-shaw-openpgp-hkp. */
const keyserverUrl = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(https?|hkps?):\/\/[^/\s?#]+\/?$/, "the URL of a key server, hkps:// or https://"),
    v.transform((text) => {
      const url = text.replace(/\/$/, "").replace(/^hkps:/, "https:");
      if (!url.startsWith("hkp:")) return url;
      const server = url.replace(/^hkp:/, "http:");
      return /:\d+$/.test(server) ? server : `${server}:11371`;
    }),
  ),
);

const builderName = v.optional(
  v.pipe(
    v.string(),
    v.check((text) => v.is(BuilderName, text), "a name of letters, digits, dots and hyphens"),
    BuilderName,
  ),
);

export const Config = v.object({
  /** Absent: its host's name. */
  BUILDER_NAME: builderName,
  DOCKER_URL: engineUrl,
  /** Read where DOCKER_URL is not set; then it is /var/run/docker.sock. */
  DOCKER_HOST: engineUrl,
  /** `{version}` is kiln's. */
  RUNNER_IMAGE: v.optional(v.string(), "kiln-runner:{version}"),
  /** Builds at the same time. */
  BUILDER_SLOTS: integer(2, 1, 256, "a number of builds"),
  /** MiB, of one build. */
  RUNNER_MEMORY: integer(8_192, 64, 16_777_216, "a number of MiB"),
  /** Processors of one build; 0 is all. */
  RUNNER_CPUS: integer(0, 0, 4_096, "a number of processors"),
  /** Processes of one build. */
  RUNNER_PIDS: integer(4_096, 32, 4_194_304, "a number of processes"),
  /** Seconds one build may take. */
  BUILD_TIMEOUT: buildTimeout,
  /** `filtered`: containers reach the internet, and nothing private but what is allowed; `open`: what the engine lets them. */
  RUNNER_NETWORK: v.optional(v.picklist(["filtered", "open"], "filtered or open"), "filtered"),
  /** What they reach of private networks: names, addresses and ranges, with a port or without. */
  RUNNER_REACHABLE: reachableHosts,
  /** They reach its host too. */
  SYNC_MIRROR: syncMirror,
  /** MiB that one build may write. */
  BUILD_DISK: integer(51_200, 64, 1_073_741_824, "a number of MiB"),
  /** MiB that stay free on the engine's file system; 0: none do. */
  RUNNER_DISK_RESERVE: integer(5_120, 0, 1_073_741_824, "a number of MiB"),
  PACKAGER: v.optional(v.pipe(v.string(), v.regex(/^[^\n]*$/, "one line"))),
  /** An OpenPGP key server: builds fetch keys from it that `validpgpkeys` names and that are neither shipped nor imported. */
  KEYSERVER: keyserverUrl,
  /** Where packages are that the mirror has no more, for rebuilds: what `/packages/…` is below. */
  ARCH_ARCHIVE_URL: v.optional(archiveUrl, "https://archive.archlinux.org"),
  /** Under which the containers reach kiln's own repository, where they are to. */
  OWN_REPOSITORY_URL: repositoryUrl,
  OWN_REPOSITORY: repositoryUrl,
});

export const open = (base: Base<typeof Config>) => {
  const { DOCKER_URL, DOCKER_HOST } = base.config;
  const url = DOCKER_URL ?? DOCKER_HOST ?? "/var/run/docker.sock";
  return openWith(connectDocker(url, base.pause, networkOf(base.config)), base);
};

/** What containers reach: what is set, and the hosts that other settings send them to. */
const networkOf = (config: v.InferOutput<typeof Config>): NetworkPolicy => {
  if (config.RUNNER_NETWORK === "open") return { kind: "open" };
  const repository = config.OWN_REPOSITORY_URL ?? config.OWN_REPOSITORY;
  const given = [repository, config.KEYSERVER].filter((url) => url !== undefined);
  const urls = [config.SYNC_MIRROR, config.ARCH_ARCHIVE_URL, ...given];
  return {
    kind: "filtered",
    reachable: [
      ...(parseReachable(config.RUNNER_REACHABLE ?? "") ?? []),
      ...urls.map(reachableOfUrl).filter((it) => it !== undefined),
    ],
  };
};

type OfProcess = {
  /** Absent: as the host tells it. */
  readonly identity?: Identity;
  readonly compress?: Compress;
};

export const openWith = async (
  engine: Engine,
  { config, log, newId, now, pause }: Base<typeof Config>,
  { identity: given, compress = zstd }: OfProcess = {},
) => {
  const work = makeWork<BuildId, Payload<typeof buildFinished>>();
  const rebuilds = makeWork<RebuildId, Payload<typeof rebuildFinished>>();
  const name = config.BUILDER_NAME ?? nameOfHost(hostname());
  const peers = makePeers(name, now);
  if (config.RUNNER_NETWORK === "open")
    log.warn("network not confined", { setting: "RUNNER_NETWORK=open" });
  const identity = given ?? (await readIdentity(newId));
  return {
    engine,
    work,
    rebuilds,
    name,
    peers,
    identity,
    deferrals: makeDeferrals<RebuildId>(),
    compress,
    image: config.RUNNER_IMAGE.replaceAll("{version}", kilnVersion),
    limits: limitsOf(config),
    disk: makeDisk({
      engine,
      pause,
      now,
      limit: config.BUILD_DISK * 1024 ** 2,
      reserve: config.RUNNER_DISK_RESERVE * 1024 ** 2,
    }),
    /** As many PKGBUILDs are read at the same time as packages built. */
    reading: pLimit(config.BUILDER_SLOTS),
    /** Containers that look at sources, which mostly wait. */
    looking: pLimit(containersThatLook),
  };
};

const containersThatLook = 4;

const limitsOf = (config: v.InferOutput<typeof Config>): Limits => ({
  memory: config.RUNNER_MEMORY * 1024 ** 2,
  cpus: config.RUNNER_CPUS,
  processes: config.RUNNER_PIDS,
});

export type Builder = ContextOf<typeof Config, Awaited<ReturnType<typeof openWith>>> & Publishing;
