import { Buffer } from "node:buffer";
import type { Command, Container, Exit } from "./docker/engine.ts";

export type Captured = {
  readonly exit: Exit;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

/** Runs a program for what it prints. Of each output at most `limit` bytes and one piece are kept. */
export const capture = async (
  container: Container,
  command: Command,
  limit: number,
): Promise<Captured> => {
  const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const bytes = { stdout: 0, stderr: 0 };
  const exit = await container.run(command, (printed) => {
    if (bytes[printed.stream] > limit) return;
    bytes[printed.stream] += printed.bytes.byteLength;
    kept[printed.stream].push(printed.bytes);
  });
  return { exit, stdout: Buffer.concat(kept.stdout), stderr: Buffer.concat(kept.stderr) };
};
