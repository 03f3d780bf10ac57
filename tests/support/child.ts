import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Runs a script of this folder in a process of its own; rejects with what it said when it fails. */
export const runScript = async (script: string, ...parameters: string[]) => {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, complaint] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${await complaint}`);
  return await said;
};
