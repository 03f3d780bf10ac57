import { Fault } from "#shared/fault.ts";

const codes = "ENOSPC EDQUOT EROFS EACCES EPERM ENOTSUP EIO ENOTDIR NotCapable".split(" ");

/**
 * For `catch`: turns a file system's refusal to write into `Fault` unavailable, because somebody who keeps the disk
 * can mend it; rethrows every other error. `refused` says what cannot be written where: "no blob can be written into /x".
 */
export const ifUnwritable = (refused: string) => (error: unknown) => {
  const code = refusalOf(error);
  if (code === undefined) throw error;
  throw new Fault("unavailable", `${refused} (${code}); mend that`, { cause: error });
};

/** For `catch`: undefined where a file system refuses to write; rethrows every other error. */
export const unlessRefused = (error: unknown) => {
  if (refusalOf(error) === undefined) throw error;
  return undefined;
};

const refusalOf = (error: unknown) => {
  if (!(error instanceof Error)) return undefined;
  // Deno's refusals have a name only.
  const code = "code" in error ? String(error.code) : error.name;
  return codes.includes(code) ? code : undefined;
};
