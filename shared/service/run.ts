import { Fault } from "#shared/fault.ts";
import type { Service } from "./define.ts";
import { host } from "./host.ts";
import { logLevelOf } from "./log-level.ts";
import { machine } from "./machine.ts";
import { openLog } from "./open-log.ts";

/** Runs services until SIGINT or SIGTERM. With `cli/kiln.ts`, the one reader of the environment and the clock. */
export const run = async (...services: readonly Service[]) => {
  const { stdout } = process;
  const log = await openLog(
    { write: (line) => void stdout.write(line), isTerminal: stdout.isTTY === true },
    logLevelOf(process.env.LOG_LEVEL || process.env.RUST_LOG),
  );
  const stopped = stopSignal();
  try {
    await using hosted = await host(services, process.env, { log, now: Date.now, ...machine });
    log.info("ready", { url: hosted.url });
    await stopped;
    log.info("stopping");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
};

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export const stopSignal = () =>
  new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      let heard = false;
      // One listener: Deno calls one that is added meanwhile for the same signal.
      process.on(signal, () => {
        if (heard) process.exit(130);
        heard = true;
        resolve(signal);
      });
    }
  });
