import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeKey } from "./key.ts";

type Options = {
  readonly path: string;
  readonly name: string;
  readonly password: string | undefined;
  readonly now: number;
  readonly newId: () => string;
};

/** Makes a key file where there is none; one that is there, or appears meanwhile, stays. True if it was made. */
export const generateKey = async ({
  path,
  name,
  password,
  now,
  newId,
}: Options): Promise<boolean> => {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${newId()}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(await makeKey(`${name} package signing (kiln)`, password, now));
    await file.sync();
    return await link(temporary, path).then(() => true, ifThere);
  } finally {
    await file.close();
    await rm(temporary);
  }
};

const ifThere = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EEXIST") throw error;
  return false;
};
