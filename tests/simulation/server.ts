import { openConsumers } from "./consumers.ts";
import { openFollowers } from "./followers.ts";
import type { Kernel, Process } from "./kernel.ts";
import { openQuestions } from "./questions.ts";
import type { Random } from "./random.ts";
import { type Kept, openStreams, type Sent } from "./streams.ts";

/** What may go wrong on the way, asked each time. */
export type BusFaults = {
  /** A reply gets lost. */
  losesReply(): boolean;
  /** A sign of life gets lost, so that a message goes to a second process. */
  missesLife(): boolean;
};

type Parts = {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly faults: BusFaults;
  bug(process: Process, subject: string, error: unknown): void;
  /** Called when a message is kept for the first time. */
  stored(sent: Sent): void;
  /** Called when a process that follows messages gets one. */
  followed(process: Process, sent: Sent): void;
};

export type Server = ReturnType<typeof openServer>;

/** One nats-server: its streams, and the processes that are connected to it. */
export const openServer = ({ kernel, random, faults, bug, stored, followed }: Parts) => {
  const { now } = kernel.clock;
  const streams = openStreams(now);
  let back: PromiseWithResolvers<void> | undefined;
  const isUp = () => back === undefined;
  const untilUp = async () => {
    while (back) await back.promise;
  };
  const consumers = openConsumers({
    kernel,
    streams,
    random,
    isUp,
    missesLife: faults.missesLife,
  });
  const followers = openFollowers({ kernel, streams, isUp, followed });
  const questions = openQuestions({
    kernel,
    random,
    losesReply: faults.losesReply,
    untilUp,
    bug,
  });
  const dispatch = (stream: string) => {
    followers.dispatch(stream);
    consumers.dispatch(stream);
  };

  return {
    streams,
    consumers,
    followers,
    questions,
    untilUp,
    /** Keeps a message and delivers it. */
    store(sent: Sent): Kept {
      const kept = streams.store(sent);
      if (kept === "stored") {
        stored(sent);
        dispatch(sent.declared.stream.name);
      }
      return kept;
    },
    /** Nobody reaches the server for some milliseconds. Where its store is lost, it comes back empty. */
    leave(milliseconds: number, storeIsLost: boolean) {
      if (back) return;
      back = Promise.withResolvers();
      kernel.clock.after(milliseconds, () => {
        if (storeIsLost) {
          streams.lose();
          consumers.lose();
          followers.lose();
        }
        kernel.trace.add(now(), "BUS", "nats", storeIsLost ? "is back, empty" : "is back");
        back?.resolve();
        back = undefined;
        for (const name of streams.names()) dispatch(name);
      });
    },
  };
};
