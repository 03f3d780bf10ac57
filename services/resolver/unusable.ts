import { Fault } from "#shared/fault.ts";

export type Unusable = { readonly kind: "unusable"; readonly message: string };

export const unusable = (message: string): Unusable => ({ kind: "unusable", message });

/** What git, the AUR or a .SRCINFO refuse makes a source unusable, and that is an outcome. */
export const orUnusable = async <T>(read: () => Promise<T>): Promise<T | Unusable> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return unusable(error.message);
    throw error;
  }
};
