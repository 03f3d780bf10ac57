import { Fault } from "#shared/fault.ts";
import type { Blobs } from "./blobs.ts";

/** Whether an error says that a blob is gone or damaged, which no retry mends. */
export const saysLost = (error: unknown) =>
  error instanceof Fault && (error.kind === "missing" || error.kind === "invalid");

/** Whether the store has no such blob, or a damaged one. */
export const isLost = (blobs: Pick<Blobs, "file">, sha256: string): Promise<boolean> =>
  blobs.file(sha256).then(
    () => false,
    (error: unknown) => saysLost(error) || Promise.reject(error),
  );
