import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { expect, vi } from "vitest";

/** Changes one bit of a file in its place, and the time of the change with it. */
export const flipBit = async (path: string) => {
  const content = await readFile(path);
  const before = (await stat(path, { bigint: true })).ctimeNs;
  content[0] = (content[0] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await vi.waitFor(async () => {
    await writeFile(path, content);
    expect((await stat(path, { bigint: true })).ctimeNs).not.toBe(before);
  }, 15_000);
};
