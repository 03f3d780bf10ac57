import type { Step } from "#shared/messages/build.ts";
import type { RebuildStep } from "#shared/messages/rebuild.ts";

/** What a step does, for a person. */
export const doing: Readonly<Record<Step | RebuildStep, string>> = {
  container: "preparing the container",
  system: "updating the system",
  prepare: "running the package's prepare commands",
  dependencies: "installing dependencies",
  installed: "installing exactly what was recorded",
  sources: "fetching and checking sources",
  build: "building",
  packages: "collecting packages",
};
