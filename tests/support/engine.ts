import { execa } from "execa";
import { inject } from "vitest";

/** The engine that judges run containers on, by its own command. */
export const engineCommand = async (...args: string[]) => {
  const { stdout } = await execa("docker", ["-H", inject("dockerUrl"), ...args]);
  return stdout;
};

/** What a builder in a judge is set to. */
export const engineEnvironment = () => ({
  DOCKER_URL: inject("dockerUrl"),
  RUNNER_IMAGE: inject("runnerImage"),
});

/** Ids of the containers there are with a label. */
export const containersWith = async (label: string) => {
  const listed = await engineCommand(
    "ps",
    "--all",
    "--quiet",
    "--no-trunc",
    "--filter",
    `label=${label}`,
  );
  return listed.split("\n").filter(Boolean);
};
