import type { World } from "./world.ts";

export type Progress = Disposable & {
  /** Says what is going on now. */
  show(text: string): void;
  /** Goes, for other output; nothing is shown from now on. */
  end(): void;
};

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** One line that shows that something goes on; nothing where nobody looks. */
export const openProgress = ({ messages }: Pick<World, "messages">, text: string): Progress => {
  if (!messages.isTerminal) return { show: () => {}, end: () => {}, [Symbol.dispose]: () => {} };
  let shown = text;
  let turn = 0;
  const draw = () => messages.write(`\r\u001b[K${frames[turn++ % frames.length]} ${shown}`);
  const timer = setInterval(draw, 100);
  draw();
  let open = true;
  const end = () => {
    clearInterval(timer);
    if (open) messages.write("\r\u001b[K");
    open = false;
  };
  return {
    show(next) {
      shown = next;
    },
    end,
    [Symbol.dispose]: end,
  };
};
