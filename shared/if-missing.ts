/** What a failed look for a file gives: undefined where there is no such file; any other failure is thrown. */
export const ifMissing = (error: NodeJS.ErrnoException) => {
  if (error.code !== "ENOENT") throw error;
  return undefined;
};
