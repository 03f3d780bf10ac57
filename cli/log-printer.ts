import { logCleaner } from "./clean-log.ts";
import type { World } from "./world.ts";

/** Prints a log in pieces. What follows `end` stands on a line of its own, in the terminal's own colours. */
export const logPrinter = ({ output }: Pick<World, "output">) => {
  const clean = logCleaner();
  let last = "\n";
  return {
    print(text: string) {
      const cleaned = clean(text);
      output.write(cleaned);
      last = cleaned.at(-1) ?? last;
    },
    end() {
      if (output.isTerminal) output.write("\u001b[0m");
      if (last !== "\n") output.write("\n");
      last = "\n";
    },
  };
};
