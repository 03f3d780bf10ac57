import { expect, test } from "vitest";
import { howToInstall } from "../../../cli/setup/packages.ts";

const commands = [
  ["apt-get", "update"],
  ["apt-get", "install", "-y", "nats-server"],
];

test("who is not root is told the commands with sudo", () => {
  expect(howToInstall(["nats-server"], commands, false)).toBe(
    `nats-server missing on this machine; install with
  sudo apt-get update
  sudo apt-get install -y nats-server`,
  );
});

test("root, who forbade it, is told them bare", () => {
  expect(howToInstall(["git", "gpg"], commands, true)).toBe(
    `git, gpg missing on this machine; install with
  apt-get update
  apt-get install -y nats-server`,
  );
});
