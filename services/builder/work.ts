export type Turn = Disposable & {
  /** Aborted when it has been ended, or finished, by somebody else. */
  readonly ended: AbortSignal;
};

export type Work<Id> = {
  begin(id: Id): Turn;
  /** Somebody ended or finished it, in work here or not. */
  end(id: Id): void;
  hasEnded(id: Id): boolean;
};

/** The builds or rebuilds that this process works on, and those that need no work any more. */
export const makeWork = <Id>(): Work<Id> => {
  const ended = new Set<Id>();
  const inWork = new Map<Id, AbortController>();
  return {
    begin(id) {
      const turn = new AbortController();
      if (ended.has(id)) turn.abort();
      inWork.set(id, turn);
      return { ended: turn.signal, [Symbol.dispose]: () => void inWork.delete(id) };
    },
    end(id) {
      ended.add(id);
      inWork.get(id)?.abort();
    },
    hasEnded: (id) => ended.has(id),
  };
};
