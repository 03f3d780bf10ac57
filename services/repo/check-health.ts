import { statfs } from "node:fs/promises";
import { Fault } from "#shared/fault.ts";
import type { Repo } from "./context.ts";

/** Bytes without which no generation can be written. */
const leastFree = 64 * 1024 * 1024;

/** Resolves when packages can be published: tables, directory and room for them. */
export const checkHealth = async ({ blobs, config, directory, state }: Repo) => {
  await state.ping();
  await blobs.ping();
  await directory.check().catch((cause: unknown) => {
    throw new Fault("unavailable", `${config.DATA_DIR}/repository cannot be written to`, { cause });
  });
  const { bavail, bsize } = await statfs(config.DATA_DIR);
  if (bavail * bsize < leastFree)
    throw new Fault(
      "unavailable",
      `${config.DATA_DIR} has ${Math.floor((bavail * bsize) / 1024 ** 2)} MiB left, expected at least 64`,
    );
};
