import { text } from "node:stream/consumers";
import { read } from "read";

/** Asks on the terminal for a text that is not shown; without a terminal, the first line of the input. */
export const readSecret = async (question: string) => {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split("\n")[0]?.trim() ?? "";
  const secret = await read({ prompt: question, silent: true, output: process.stderr });
  // The Enter that ended it was not shown either.
  process.stderr.write("\n");
  return secret.trim();
};
