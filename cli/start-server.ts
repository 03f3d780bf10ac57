import { Fault } from "#shared/fault.ts";
import type { World } from "./world.ts";

/** Runs kiln itself, from its sources; a command line that was installed alone has none beside it. */
export const startServer = async ({ environment, now, output, messages }: World) => {
  const { start } = await import("./start.ts").catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    throw new Fault(
      "conflict",
      'only kiln\'s command line is installed here; "npm start" in a checkout of kiln starts a server',
    );
  });
  await start(environment, {
    now,
    say: (line) => output.write(`${line}\n`),
    logTo: messages,
  });
};

const isAbsent = (error: unknown) =>
  error instanceof Error &&
  "code" in error &&
  error.code === "ERR_MODULE_NOT_FOUND" &&
  error.message.includes("start.ts");
