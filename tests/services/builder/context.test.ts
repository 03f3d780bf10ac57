import { expect, test } from "vitest";
import { parseConfig } from "#shared/service/config.ts";
import { Config } from "../../../services/builder/context.ts";

test("a builder needs nothing set", () => {
  expect(parseConfig(Config, {})).toEqual({
    RUNNER_IMAGE: "kiln-runner:{version}",
    BUILDER_SLOTS: 2,
    RUNNER_MEMORY: 8_192,
    RUNNER_CPUS: 0,
    RUNNER_PIDS: 4_096,
    BUILD_TIMEOUT: 14_400,
    BUILD_DISK: 51_200,
    RUNNER_DISK_RESERVE: 5_120,
    RUNNER_NETWORK: "filtered",
    SYNC_MIRROR: "https://mirror.init7.net/archlinux/{repo}/os/{arch}",
    ARCH_ARCHIVE_URL: "https://archive.archlinux.org",
  });
});

test.each([
  [
    "DOCKER_URL",
    "docker",
    'DOCKER_URL is "docker", expected unix:///path, a path, or tcp://host:port',
  ],
  [
    "BUILDER_NAME",
    "my host",
    'BUILDER_NAME is "my host", expected a name of letters, digits, dots and hyphens',
  ],
  ["BUILDER_SLOTS", "0", "BUILDER_SLOTS is 0, expected a number of builds (1 to 256)"],
  ["RUNNER_MEMORY", "4g", 'RUNNER_MEMORY is "4g", expected a number of MiB (64 to 16777216)'],
  ["RUNNER_NETWORK", "closed", 'RUNNER_NETWORK is "closed", expected filtered or open'],
  [
    "RUNNER_REACHABLE",
    "10.0.0.0/33",
    'RUNNER_REACHABLE is "10.0.0.0/33", expected hosts, host:port or ranges like 10.0.0.0/24, separated by commas',
  ],
  ["PACKAGER", "a\nb", 'PACKAGER is "a\\nb", expected one line'],
  ["OWN_REPOSITORY", "here", 'OWN_REPOSITORY is "here", expected the URL of a pacman repository'],
])("a bad %s stops the start with what was expected", (name, value, message) => {
  expect(() => parseConfig(Config, { [name]: value })).toThrow(message);
});
