import { resolve } from "node:path";
import * as v from "valibot";
import { Arch } from "#shared/model.ts";
import { flag, parseConfig, text } from "#shared/service/config.ts";
import { host } from "#shared/service/host.ts";
import { logLevelOf } from "#shared/service/log-level.ts";
import { machine } from "#shared/service/machine.ts";
import { type LogChannel, openLog } from "#shared/service/open-log.ts";
import { stopSignal } from "#shared/service/run.ts";
import type { Environment } from "#shared/service/start.ts";
import { kilnVersion } from "#shared/version.ts";
import { ensureDocker } from "./setup/docker-engine.ts";
import { findFingerprint } from "./setup/fingerprint.ts";
import { firstPackage } from "./setup/first-package.ts";
import { makeFirstSecret } from "./setup/first-secret.ts";
import { greetingOf } from "./setup/greeting.ts";
import { homeEnvironment } from "./setup/home-environment.ts";
import { ensureMirror } from "./setup/mirror.ts";
import { ensurePrograms } from "./setup/packages.ts";
import type { Say } from "./setup/run-program.ts";
import { ensureRunnerImage } from "./setup/runner-image.ts";
import { holdNotice } from "./setup/secret-notice.ts";

const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  DOCKER_URL: text,
  DOCKER_HOST: text,
  RUNNER_IMAGE: v.optional(v.string(), "kiln-runner:{version}"),
  NAME: v.optional(v.string(), "serene"),
  ARCH: v.optional(Arch, "x86_64"),
  BUILD_CLI: flag(true),
  /** `1`: nothing is installed on the machine. */
  KILN_NO_INSTALL: text,
  LOG_LEVEL: v.optional(v.string(), "warn"),
  RUST_LOG: text,
});

type Outside = {
  readonly now: () => number;
  readonly say: Say;
  /** Where the services' log goes. */
  readonly logTo: LogChannel;
};

/** Sets up what this machine lacks, runs all of kiln in this process, and stops it at SIGINT or SIGTERM. */
export const start = async (environment: Environment, { now, say, logTo }: Outside) => {
  const config = parseConfig(Config, environment);
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = stopSignal().then(() => stopping.abort());
  try {
    await using stack = new AsyncDisposableStack();
    const dataDirectory = resolve(config.DATA_DIR);
    // Loaded while the engine starts.
    const [prepared, { all }] = await Promise.all([
      prepare(config, { dataDirectory, say, signal }, stack),
      import("../services/all.ts"),
    ]);
    const secret = await makeFirstSecret(dataDirectory);
    using notice = holdNotice(secret, say);
    const log = await openLog(logTo, logLevelOf(config.RUST_LOG ?? config.LOG_LEVEL));
    const hosted = stack.use(
      await host(all, homeEnvironment(environment, prepared), { log, now, ...machine }),
    );
    const { url } = hosted;
    const wanted = { url, arch: config.ARCH, secret, say, signal };
    const hasCommandLine = config.BUILD_CLI && (await firstPackage(wanted));
    const fingerprint = await findFingerprint(dataDirectory, signal);
    const { NAME: name, ARCH: arch } = config;
    notice.told();
    say(greetingOf({ url, name, arch, fingerprint, secret, hasCommandLine }));
    await stopped;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

type Place = {
  readonly dataDirectory: string;
  readonly say: Say;
  readonly signal: AbortSignal;
};

const prepare = async (
  config: v.InferOutput<typeof Config>,
  place: Place,
  stack: AsyncDisposableStack,
) => {
  const { DOCKER_URL: dockerUrl, DOCKER_HOST: dockerHost } = config;
  const wish = { ...place, mayInstall: config.KILN_NO_INSTALL !== "1" };
  await ensurePrograms(["nats-server", "git", "gpg"], wish);
  const { url } = stack.use(await ensureDocker({ ...wish, dockerUrl, dockerHost }));
  const image = config.RUNNER_IMAGE.replaceAll("{version}", kilnVersion);
  const runner = await ensureRunnerImage({ ...wish, url, image });
  const mirror = await ensureMirror({ ...place, url, image, runner });
  return { dataDirectory: place.dataDirectory, dockerUrl: url, mirror };
};
