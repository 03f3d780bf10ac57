import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hashOf } from "#shared/secret.ts";
import { freePort } from "../support/free-port.ts";
import { untilServed } from "./measure.ts";

export const secret = "the-secret-of-the-bench";

const checkout = resolve(import.meta.dirname, "../..");

/** All of kiln as a process of its own, or a script with its arguments that is all of kiln, on 127.0.0.1, with what is in the directory. Disposing stops it. */
export const startKiln = async (
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  script: readonly string[] = ["services/all.ts"],
) => {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "authorized_secrets"), `${await hashOf(secret)} bench\n`);
  const port = await freePort();
  const program = ["--pdeathsig", "KILL", "--", process.execPath, ...script];
  const child = spawn("setpriv", program, {
    cwd: checkout,
    env: {
      ...process.env,
      DATA_DIR: directory,
      PORT: String(port),
      BUILD_CLI: "false",
      LOG_LEVEL: "error",
      SYNC_MIRROR: "http://127.0.0.1:1/{repo}/os/{arch}",
      ...environment,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const died = once(child, "exit").then(() => Promise.reject(new Error("kiln ended")));
  await Promise.race([untilServed(`${url}/`), died]);
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: secret, ...init.headers } });
  return {
    url,
    pid: child.pid ?? 0,
    request,
    async post(path: string, body: unknown, more: Readonly<Record<string, string>> = {}) {
      const headers = { "content-type": "application/json", ...more };
      const answer = await request(path, { method: "POST", body: JSON.stringify(body), headers });
      if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
};

export type Kiln = Awaited<ReturnType<typeof startKiln>>;
