import { join } from "node:path";
import { execa } from "execa";
import { vi } from "vitest";
import { startBuilder } from "./builder.ts";
import { engineCommand, engineEnvironment } from "./engine.ts";
import { freePort } from "./free-port.ts";
import { makeScratch } from "./scratch.ts";

const environment = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** git-daemon(1) at this host's address in the network of builds; builders must name `address` in RUNNER_REACHABLE. */
export const startGitServer = async () => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const host = await gatewayOfBuilds();
  const port = await freePort();
  const address = `${host}:${port}`;
  const daemon = execa(
    "git",
    [
      ...["daemon", "--reuseaddr", "--export-all", `--listen=${host}`, `--port=${port}`],
      ...[`--base-path=${scratch.path}`, scratch.path],
    ],
    { env: environment, reject: false },
  );
  stack.defer(async () => {
    daemon.kill();
    await daemon;
  });
  const git = async (name: string, ...args: string[]) => {
    const { stdout } = await execa("git", ["-C", join(scratch.path, name), ...args], {
      env: environment,
    });
    return stdout;
  };
  await execa("git", ["init", "--quiet", "--initial-branch=main", join(scratch.path, "up")]);
  await vi.waitFor(() => execa("git", ["ls-remote", `git://${address}/up`]), { timeout: 15_000 });

  const resources = stack.move();
  return {
    address,
    host,
    urlOf: (name: string) => `git://${address}/${name}`,
    git,
    /** Commits to the branch `main` of the repository `up`, and gives the commit. */
    async commit(message: string) {
      await git("up", "commit", "--quiet", "--allow-empty", "--message", message);
      return git("up", "rev-parse", "HEAD");
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** A builder that is ready has made the network. */
const gatewayOfBuilds = async () => {
  await using builder = await startBuilder(engineEnvironment());
  await builder.running.health();
  const gateway = "{{range .IPAM.Config}}{{.Gateway}}{{end}}";
  return await engineCommand("network", "inspect", "--format", gateway, "kiln-builds");
};
