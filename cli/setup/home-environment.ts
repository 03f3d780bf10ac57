import type { Environment } from "#shared/service/start.ts";

type Found = {
  /** Absolute. */
  readonly dataDirectory: string;
  readonly dockerUrl: string;
  /** The stand-in's, where the runner image is one. */
  readonly mirror: string | undefined;
};

/** What `npm start` gives the services: what is set, and for the rest what suits one person's machine. */
export const homeEnvironment = (
  environment: Environment,
  { dataDirectory, dockerUrl, mirror }: Found,
): Environment => ({
  SIGN_KEY_GENERATE: "true",
  ...(mirror !== undefined && { SYNC_MIRROR: mirror }),
  ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value)),
  DATA_DIR: dataDirectory,
  DOCKER_URL: dockerUrl,
});
