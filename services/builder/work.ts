export type Turn = Disposable & {
  /** Aborted when it has been ended, or finished, by somebody else. */
  readonly ended: AbortSignal;
};

export type Work<Id, Finished> = {
  begin(id: Id): Turn;
  /** Somebody said what came of it, which is kept until it is ended. */
  finish(id: Id, finished: Finished): void;
  /** Somebody ended it, in work here or not. */
  end(id: Id): void;
  /** Whether it is finished or ended. */
  hasEnded(id: Id): boolean;
  /** What came of one that is not ended. */
  finishedOf(id: Id): Finished | undefined;
};

/** The builds or rebuilds that this process works on, and those that need no work any more. */
export const makeWork = <Id, Finished>(): Work<Id, Finished> => {
  const ended = new Set<Id>();
  const finished = new Map<Id, Finished>();
  const inWork = new Map<Id, AbortController>();
  const hasEnded = (id: Id) => ended.has(id) || finished.has(id);
  return {
    begin(id) {
      const turn = new AbortController();
      if (hasEnded(id)) turn.abort();
      inWork.set(id, turn);
      return { ended: turn.signal, [Symbol.dispose]: () => void inWork.delete(id) };
    },
    finish(id, what) {
      if (!ended.has(id)) finished.set(id, what);
      inWork.get(id)?.abort();
    },
    end(id) {
      ended.add(id);
      finished.delete(id);
      inWork.get(id)?.abort();
    },
    hasEnded,
    finishedOf: (id) => finished.get(id),
  };
};
