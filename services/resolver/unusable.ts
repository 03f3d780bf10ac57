import { Fault } from "#shared/fault.ts";
import type { SourceProblem } from "#shared/model.ts";

export type Unusable = {
  readonly kind: "unusable";
  readonly message: string;
  readonly problem: SourceProblem["kind"];
};

export const unusable = (
  message: string,
  problem: SourceProblem["kind"] = "unusable",
): Unusable => ({ kind: "unusable", message, problem });

/**
 * A refusal whose cause lies with a source or with the server that has the source: git's, the AUR's, a .SRCINFO's. Any
 * other `Fault` is trouble of kiln's own, such as a full disk. `unavailable`: a server could not be asked; `missing`: it
 * has the source no more.
 */
export class SourceFault extends Fault {}

/** A refused source is an outcome. Everything else is thrown, so that the caller is not blamed for trouble of kiln's own. */
export const orUnusable = async <T>(read: () => Promise<T>): Promise<T | Unusable> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SourceFault) return unusable(error.message, problemOf(error));
    throw error;
  }
};

const problemOf = ({ kind }: SourceFault) => {
  if (kind === "unavailable") return "unasked";
  return kind === "missing" ? "gone" : "unusable";
};
