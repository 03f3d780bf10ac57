import { readFile, readlink } from "node:fs/promises";
import process from "node:process";

/** A process among all that may use one engine, from this host or another, in a container or not. */
export type Identity = {
  /** Of the running kernel and the namespace of process ids: one number means one process there. */
  readonly place: string;
  readonly pid: number;
  /** Its own, as the number comes again. */
  readonly id: string;
};

/** Where /proc tells nothing, the place is one that nobody else is in. */
export const readIdentity = async (newId: () => string): Promise<Identity> => {
  const id = newId();
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => id),
    readlink("/proc/self/ns/pid").catch(() => id),
  ]);
  return { place: `${boot.trim()}:${namespace.replace(/\D/g, "")}`, pid: process.pid, id };
};

/** Whether a process of this number runs in our place. */
export const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && Reflect.get(error, "code") === "EPERM";
  }
};
