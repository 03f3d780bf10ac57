import { Fault } from "#shared/fault.ts";

export type Unusable = { readonly kind: "unusable"; readonly message: string };

export const unusable = (message: string): Unusable => ({ kind: "unusable", message });

/**
 * A refusal whose cause lies with a source or with the server that has the source: git's, the AUR's, a .SRCINFO's. Any
 * other `Fault` is trouble of kiln's own, such as a full disk.
 */
export class SourceFault extends Fault {}

/** A refused source is an outcome. Everything else is thrown, so that the caller is not blamed for trouble of kiln's own. */
export const orUnusable = async <T>(read: () => Promise<T>): Promise<T | Unusable> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SourceFault) return unusable(error.message);
    throw error;
  }
};
