import { ofOthers, takeRights } from "#shared/close-to-others.ts";

/**
 * Takes the permissions of other users on a database's file, which has just been made or which an earlier version made:
 * its rows hold sources with their credentials. SQLite makes the files beside it with the same permissions.
 */
export const closeDatabase = async (path: string) => {
  for (const end of ["", "-wal", "-shm"]) await takeRights(`${path}${end}`, ofOthers);
};
