import { Fault } from "#shared/fault.ts";

const codes = "ENOSPC EDQUOT EROFS EACCES EPERM EIO ENOTDIR NotCapable".split(" ");

/**
 * For `catch`: turns a file system's refusal to write into `Fault` unavailable, because somebody who keeps the disk
 * can mend it; rethrows every other error. `refused` says what cannot be written where: "no blob can be written into /x".
 */
export const ifUnwritable = (refused: string) => (error: unknown) => {
  if (!(error instanceof Error)) throw error;
  // Deno's refusals have a name only.
  const code = "code" in error ? String(error.code) : error.name;
  if (!codes.includes(code)) throw error;
  throw new Fault("unavailable", `${refused} (${code}); mend that`, { cause: error });
};
