import type { World } from "./world.ts";

export type Progress = Disposable & {
  /** Says what is going on now. */
  show(text: string): void;
  /** Makes room for other output. */
  clear(): void;
};

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** One line that shows that something goes on; nothing where nobody looks. */
export const openProgress = ({ messages }: Pick<World, "messages">, text: string): Progress => {
  if (!messages.isTerminal) return { show: () => {}, clear: () => {}, [Symbol.dispose]: () => {} };
  let shown = text;
  let turn = 0;
  const clear = () => messages.write("\r\u001b[K");
  const draw = () => messages.write(`\r\u001b[K${frames[turn++ % frames.length]} ${shown}`);
  const timer = setInterval(draw, 100);
  draw();
  return {
    show(next) {
      shown = next;
    },
    clear,
    [Symbol.dispose]() {
      clearInterval(timer);
      clear();
    },
  };
};
