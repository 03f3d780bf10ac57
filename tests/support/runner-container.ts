import { execa } from "execa";

const capabilities = "CHOWN DAC_OVERRIDE FOWNER SETUID SETGID SETFCAP SYS_CHROOT".split(" ");

/** A runner container as a builder starts it, and without a network; it goes away with its scope. */
export const startRunner = async (url: string, image: string) => {
  const docker = (args: string[], input = "") => execa("docker", ["-H", url, ...args], { input });
  const { stdout: container } = await docker([
    ...["run", "--detach", "--rm", "--label", "kiln.test=1", "--network", "none"],
    ...["--cap-drop", "ALL", ...capabilities.flatMap((name) => ["--cap-add", name])],
    ...["--security-opt", "no-new-privileges", image],
    // Ends by itself where a killed test run forgets it.
    ...["sleep", "600"],
  ]);

  /** Runs a command to its end; `output` is both streams, in the order in which their pieces came. */
  const exec = async (user: "root" | "build", command: string[], input = "") => {
    const { exitCode, all, stdout } = await execa(
      "docker",
      ["-H", url, "exec", "--interactive", "--user", user, ...environment, container, ...command],
      { all: true, input, reject: false },
    );
    return { exitCode, output: all, stdout };
  };
  return {
    exec,
    write: (user: "root" | "build", path: string, content: string) =>
      exec(user, ["tee", "--", path], content),
    copyIn: (from: string, path: string) => docker(["cp", from, `${container}:${path}`]),
    copyOut: (path: string, to: string) => docker(["cp", `${container}:${path}`, to]),
    [Symbol.asyncDispose]: async () => {
      await docker(["rm", "--force", container]);
    },
  };
};

const environment = ["SOURCE_DATE_EPOCH=1700000000", "PACKAGER=A B <a@example.org>"].flatMap(
  (variable) => ["--env", variable],
);
