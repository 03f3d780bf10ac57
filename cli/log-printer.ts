import { logCleaner } from "./clean-log.ts";
import type { World } from "./world.ts";

/** Prints a log in pieces. What follows `end` stands on a line of its own, in the terminal's own colours. */
export const logPrinter = ({ output }: Pick<World, "output">) => {
  const cleaner = logCleaner({ live: output.isTerminal });
  let last = "\n";
  const write = (text: string) => {
    output.write(text);
    last = text.at(-1) ?? last;
  };
  return {
    print: (text: string) => write(cleaner.write(text)),
    end() {
      write(cleaner.end());
      if (output.isTerminal) output.write("\u001b[0m");
      if (last !== "\n") output.write("\n");
      last = "\n";
    },
  };
};
