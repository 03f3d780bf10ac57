import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { Pause } from "#shared/pause.ts";
import { demultiplex } from "./demultiplex.ts";
import type { Command, Container, Exit } from "./engine.ts";
import { asFault, statusOf } from "./refusal.ts";

/** Starts a container that was created, and holds its lease. */
export const containerOf = async (
  docker: Docker.Container,
  url: string,
  pause: Pause,
): Promise<Container> => {
  const refuse = (doing: string) => (error: unknown) => {
    throw asFault(error, url, doing);
  };
  await using stack = new AsyncDisposableStack();
  stack.defer(() => remove(docker).catch(refuse("the removal of a container")));
  const lease = await docker
    .attach({ stream: true, stdin: true, hijack: true })
    .catch(refuse("a connection to a container"));
  lease.on("error", () => {}); // Its end is seen by whatever runs in the container.
  lease.resume();
  stack.defer(
    () => void ("destroy" in lease && typeof lease.destroy === "function" && lease.destroy()),
  );
  await docker.start().catch(refuse("the start of a container"));
  const held = stack.move();

  return {
    async run(command, each) {
      try {
        return await exec({ docker, pause }, command, each);
      } catch (error) {
        if (isGone(error)) return { kind: "gone" };
        throw asFault(error, url, `to run ${command.argv[0]}`);
      }
    },

    async put(tar) {
      let own: { readonly error: unknown } | undefined;
      const failed = new Promise<never>((_, reject) => {
        tar.once("error", (error) => {
          own = { error };
          reject(error);
        });
      });
      try {
        await Promise.race([docker.putArchive(tar, { path: "/" }), failed]);
      } catch (error) {
        throw own ? own.error : asFault(error, url, "files for a container");
      }
    },

    async processes() {
      try {
        const { pids_stats } = await docker.stats({ stream: false, "one-shot": true });
        return pids_stats?.current ?? 0;
      } catch (error) {
        if (statusOf(error) !== undefined) return 0;
        throw asFault(error, url, "a count of processes");
      }
    },

    async take(path) {
      const tar = await docker.getArchive({ path }).catch(refuse(`the files in ${path}`));
      return Readable.from(tar);
    },

    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
};

type Around = { readonly docker: Docker.Container; readonly pause: Pause };

const exec = async (
  { docker, pause }: Around,
  { user, argv, environment = {}, directory = "/build/source" }: Command,
  each: Parameters<Container["run"]>[1],
): Promise<Exit> => {
  const process = await docker.exec({
    Cmd: [...argv],
    User: user,
    WorkingDir: directory,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    AttachStdout: true,
    AttachStderr: true,
  });
  const output = await process.start({ hijack: false, stdin: false });
  for await (const printed of demultiplex(Readable.from(output))) each(printed);

  const code = await exitCode(process, pause);
  if (code !== 0 && (await hasEnded({ docker, pause }, code))) return { kind: "gone" };
  return { kind: "exited", code };
};

/** Output may end a moment before the engine has seen the end. */
const exitCode = async (process: Docker.Exec, pause: Pause) => {
  while (true) {
    const { Running, ExitCode } = await process.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await pause(20);
  }
};

/** A program killed along with its container ends a moment before the container does. */
const hasEnded = async ({ docker, pause }: Around, code: number) => {
  const killed = 128 + 9;
  for (let looks = code === killed ? 10 : 1; looks > 0; looks -= 1) {
    const state = await docker.inspect().then(
      ({ State }) => State,
      (error: unknown) => {
        if (isGone(error)) return null;
        throw error;
      },
    );
    if (!state?.Running) return true;
    if (looks > 1) await pause(50);
  }
  return false;
};

const isGone = (error: unknown) => [404, 409].includes(statusOf(error) ?? 0);

/** Ends it whatever runs in it, and returns when it is gone. */
const remove = async (docker: Docker.Container) => {
  try {
    await docker.remove({ force: true, v: true });
  } catch (error) {
    if (!isGone(error)) throw error;
    if (statusOf(error) === 409) await docker.wait({ condition: "removed" }).catch(unlessGone);
  }
};

const unlessGone = (error: unknown) => {
  if (!isGone(error)) throw error;
};
