import { expect, test, vi } from "vitest";
import { openProgress } from "../../cli/progress.ts";

const setup = (isTerminal: boolean) => {
  const written: string[] = [];
  const messages = { write: (text: string) => void written.push(text), isTerminal };
  return { written, progress: openProgress({ messages }, "waiting") };
};

test("a terminal sees that something goes on, and what", async () => {
  const { written, progress } = setup(true);
  using _ = progress;

  progress.show("building");

  await vi.waitFor(() => expect(written.at(-1)).toMatch(/ building$/), { timeout: 15_000 });
});

test("its end leaves nothing of it, and happens once", () => {
  const { written, progress } = setup(true);

  progress.end();
  progress.end();
  progress[Symbol.dispose]();

  expect(written.slice(1)).toEqual(["\r\u001b[K"]);
});

test("nobody else sees anything", () => {
  const { written, progress } = setup(false);

  progress.show("building");
  progress.end();

  expect(written).toEqual([]);
});
