import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Another program that has a database to itself; resolves when it has. Disposing ends it. */
export const lockState = async (url: string) => {
  const script = fileURLToPath(new URL("state-lock.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await once(createInterface({ input: child.stdout }), "line");
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
};
