import type { BuildId } from "#shared/model.ts";

export type Turn = Disposable & {
  /** Aborted when the build has been ended, or finished, by somebody else. */
  readonly ended: AbortSignal;
};

export type Work = {
  begin(build: BuildId): Turn;
  /** Somebody ended or finished the build, in work here or not. */
  end(build: BuildId): void;
  hasEnded(build: BuildId): boolean;
};

/** The builds that this process works on, and those that need no work any more. */
export const makeWork = (): Work => {
  const ended = new Set<BuildId>();
  const inWork = new Map<BuildId, AbortController>();
  return {
    begin(build) {
      const turn = new AbortController();
      if (ended.has(build)) turn.abort();
      inWork.set(build, turn);
      return { ended: turn.signal, [Symbol.dispose]: () => void inWork.delete(build) };
    },
    end(build) {
      ended.add(build);
      inWork.get(build)?.abort();
    },
    hasEnded: (build) => ended.has(build),
  };
};
