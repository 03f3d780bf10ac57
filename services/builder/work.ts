/** Reports that are kept at most: one that is never ended must not stay for good. */
const most = 1_000;

export type Turn = Disposable & {
  /** Aborted when it has been ended, or finished by another builder. */
  readonly ended: AbortSignal;
};

export type Work<Id, Report> = {
  /** `isOf` tells a report of this work from one of an earlier attempt by that id; absent: all are of it. */
  begin(id: Id, isOf?: (report: Report) => boolean): Turn;
  /** A builder, this one or another, published how it went; the report is kept until it is ended. */
  finish(id: Id, report: Report): void;
  /** It has ended: nothing is to be done for it any more. */
  end(id: Id): void;
  /** The report of one that is finished and not ended. */
  reportOf(id: Id): Report | undefined;
};

type InWork<Report> = {
  readonly turn: AbortController;
  readonly isOf: (report: Report) => boolean;
};

/** The builds or rebuilds that this process works on, and the reports that may have to be published again. */
export const makeWork = <Id, Report>(): Work<Id, Report> => {
  const reports = new Map<Id, Report>();
  const inWork = new Map<Id, InWork<Report>>();
  return {
    begin(id, isOf = () => true) {
      const turn = new AbortController();
      const report = reports.get(id);
      if (report !== undefined && isOf(report)) turn.abort();
      inWork.set(id, { turn, isOf });
      return { ended: turn.signal, [Symbol.dispose]: () => void inWork.delete(id) };
    },
    finish(id, report) {
      reports.set(id, report);
      const [oldest] = reports.keys();
      if (reports.size > most && oldest !== undefined) reports.delete(oldest);
      const it = inWork.get(id);
      if (it?.isOf(report)) it.turn.abort();
    },
    end(id) {
      reports.delete(id);
      inWork.get(id)?.turn.abort();
    },
    reportOf: (id) => reports.get(id),
  };
};
