import { execa } from "execa";
import { inject } from "vitest";

/** Commits one file, in a repository that git-daemon(1) serves. */
const commitScript = `set -e
cd /srv
[ -d "$1" ] || git init --quiet --initial-branch=main "$1"
cd "$1"
printf %s "$2" > file
git add file
git -c user.name=a -c user.email=a@example.org commit --quiet --allow-empty --message "$2"
git rev-parse HEAD`;

/** Serves git repositories to other containers, from a container of its own on the engine of judges. */
export const startGitServer = async () => {
  await using stack = new AsyncDisposableStack();
  // Engines of other test runs give the same addresses on this host: the server takes the first that is its own.
  for (let attempt = 1; attempt <= 10; attempt++) {
    const container = await startDaemon();
    stack.defer(async () => void (await docker("rm", "--force", container)));
    const network = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const address = await docker("inspect", "--format", network, container);
    const inside = (...command: string[]) =>
      docker("exec", "--user", "root", container, ...command);
    await inside("bash", "-c", commitScript, "--", "probe", container);
    if (!(await isReachable(`git://${address}/probe`))) continue;
    const resources = stack.move();
    return {
      address,
      urlOf: (name: string) => `git://${address}/${name}`,
      /** Commits to the branch `main`, and gives the commit. */
      commit: (name: string, content: string) =>
        inside("bash", "-c", commitScript, "--", name, content),
      git: (name: string, ...args: string[]) => inside("git", "-C", `/srv/${name}`, ...args),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  }
  throw new Error("no container of git-daemon can be reached from another container");
};

const docker = async (...args: string[]) =>
  (await execa("docker", ["-H", inject("dockerUrl"), ...args])).stdout;

const startDaemon = () =>
  docker(
    ...["run", "--detach", "--rm", "--label", "kiln.test=1", "--user", "root"],
    // Ends by itself where a killed test run forgets it.
    ...[inject("runnerImage"), "timeout", "900"],
    ...["git", "daemon", "--reuseaddr", "--export-all", "--base-path=/srv", "/srv"],
  );

const isReachable = async (url: string) => {
  const args = ["-H", inject("dockerUrl"), "run", "--rm", inject("runnerImage")];
  const { exitCode } = await execa("docker", [...args, "timeout", "5", "git", "ls-remote", url], {
    reject: false,
  });
  return exitCode === 0;
};
