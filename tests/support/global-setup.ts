import { resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { kilnVersion } from "#shared/version.ts";
import { ensureTestEnvironment } from "../../cli/setup/test-environment.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** An engine that has the runner image. */
    dockerUrl: string;
    runnerImage: string;
    /** `SYNC_MIRROR` of the stand-in; empty where the runner image is a real one. */
    mirror: string;
    /** The path of an S3 server. */
    versitygw: string;
  }
}

/** An engine started here keeps its data in the checkout, so that the image is made once. */
const cache = resolve(import.meta.dirname, "../../.cache");

export const setup = async (project: TestProject) => {
  const { DOCKER_HOST, DOCKER_URL, KILN_NO_INSTALL, RUNNER_IMAGE } = process.env;
  const image = RUNNER_IMAGE || `kiln-runner:${kilnVersion}`;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);

  const engine = await ensureTestEnvironment({
    dockerUrl: DOCKER_URL,
    dockerHost: DOCKER_HOST,
    dataDirectory: cache,
    image,
    mayInstall: KILN_NO_INSTALL !== "1",
    say: (line) => console.error(`kiln: ${line}`),
    signal: interrupted.signal,
  });
  project.provide("dockerUrl", engine.url);
  project.provide("runnerImage", image);
  project.provide("mirror", engine.mirror ?? "");
  project.provide("versitygw", engine.versitygw);
  return () => engine[Symbol.asyncDispose]();
};
