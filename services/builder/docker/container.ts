import { Readable } from "node:stream";
import type Docker from "dockerode";
import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { demultiplex } from "./demultiplex.ts";
import type { Command, Container, Exit } from "./engine.ts";
import type { Limit } from "./limit.ts";
import { paced } from "./paced.ts";
import { asFault, statusOf } from "./refusal.ts";

/**
 * Starts a container that was created, and holds its lease. Every request to the engine is limited, so disposing takes a
 * minute or two at most: without the lease, an engine that hangs ends and removes the container once it goes on.
 */
export const containerOf = async (
  docker: Docker.Container,
  url: string,
  pause: Pause,
  limit: Limit,
): Promise<Container> => {
  const ask = <T>(doing: string, request: (abortSignal: AbortSignal) => Promise<T>) =>
    limit.request(doing, request).catch((error: unknown) => {
      throw asFault(error, url, doing);
    });
  const look = (abortSignal: AbortSignal) => docker.inspect({ abortSignal });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => remove(docker, ask).catch(unlessAway));
  const lease = await ask("a connection to a container", (abortSignal) =>
    docker.attach({ stream: true, stdin: true, hijack: true, abortSignal }),
  );
  lease.on("error", () => {}); // Its end is seen by whatever runs in the container.
  lease.resume();
  stack.defer(
    () => void ("destroy" in lease && typeof lease.destroy === "function" && lease.destroy()),
  );
  await ask("the start of a container", (abortSignal) => docker.start({ abortSignal }));
  const held = stack.move();

  return {
    async run(command, each) {
      const doing = `to run ${command.argv[0]}`;
      try {
        return await limit.long(
          doing,
          (abortSignal) => exec({ docker, pause, abortSignal }, command, each),
          look,
        );
      } catch (error) {
        if (isGone(error)) return { kind: "gone" };
        throw asFault(error, url, doing);
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
        const putting = limit.long(
          "files for a container",
          (abortSignal) => docker.putArchive(tar, { path: "/", abortSignal }),
          look,
        );
        await Promise.race([putting, failed]);
      } catch (error) {
        throw own ? own.error : asFault(error, url, "files for a container");
      }
    },

    async processes() {
      try {
        const { pids_stats } = await limit.request("a count of processes", (abortSignal) => {
          const options = { stream: false, "one-shot": true, abortSignal } as const;
          return docker.stats(options);
        });
        return pids_stats?.current ?? 0;
      } catch (error) {
        if (statusOf(error) !== undefined) return 0;
        throw asFault(error, url, "a count of processes");
      }
    },

    async size() {
      try {
        const found = await limit.request("the size of a container", (abortSignal) => {
          const options = { size: true, abortSignal };
          return docker.inspect(options);
        });
        const bytes: unknown = Reflect.get(found, "SizeRw");
        return typeof bytes === "number" ? bytes : 0;
      } catch (error) {
        if (statusOf(error) !== undefined) return 0;
        throw asFault(error, url, "the size of a container");
      }
    },

    refused: async () => [],

    async take(path) {
      const doing = `the files in ${path}`;
      const tar = Readable.from(
        await ask(doing, (abortSignal) => docker.getArchive({ path, abortSignal })),
      );
      const over = new AbortController();
      tar.once("close", () => over.abort());
      limit.watch(doing, look, over.signal).catch((error: Error) => tar.destroy(error));
      return tar;
    },

    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
};

type Around = {
  readonly docker: Docker.Container;
  readonly pause: Pause;
  readonly abortSignal: AbortSignal;
};

const exec = async (
  { docker, pause, abortSignal }: Around,
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
    abortSignal,
  });
  const output = await process.start({ hijack: false, stdin: false, abortSignal });
  for await (const printed of paced(demultiplex(Readable.from(output)), pause)) each(printed);

  const code = await exitCode(process, pause, abortSignal);
  if (code !== 0 && (await hasEnded({ docker, pause, abortSignal }, code))) return { kind: "gone" };
  return { kind: "exited", code };
};

/** Output may end a moment before the engine has seen the end. */
const exitCode = async (process: Docker.Exec, pause: Pause, abortSignal: AbortSignal) => {
  while (true) {
    const { Running, ExitCode } = await process.inspect({ abortSignal });
    if (!Running && ExitCode !== null) return ExitCode;
    await pause(20);
  }
};

/** A program killed along with its container ends a moment before the container does. */
const hasEnded = async ({ docker, pause, abortSignal }: Around, code: number) => {
  const killed = 128 + 9;
  for (let looks = code === killed ? 10 : 1; looks > 0; looks -= 1) {
    const state = await docker.inspect({ abortSignal }).then(
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
const remove = async (
  docker: Docker.Container,
  ask: <T>(doing: string, request: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>,
) => {
  const doing = "the removal of a container";
  const isUnderWay = await ask(doing, (abortSignal) =>
    docker.remove({ force: true, v: true, abortSignal }).then(
      () => false,
      (error: unknown) => {
        if (!isGone(error)) throw error;
        return statusOf(error) === 409;
      },
    ),
  );
  if (isUnderWay)
    await ask(doing, (abortSignal) =>
      docker.wait({ condition: "removed", abortSignal }).catch(unlessGone),
    );
};

/** The lease is gone by now, so the engine ends and removes the container by itself. */
const unlessAway = (error: unknown) => {
  if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
};

const unlessGone = (error: unknown) => {
  if (!isGone(error)) throw error;
};
