import type { Kernel, Process } from "./kernel.ts";
import type { Stored, Streams } from "./streams.ts";

export type Following = {
  readonly process: Process;
  readonly stream: string;
  /** The declared subject, for the points of its deliveries. */
  readonly declared: string;
  readonly matches: (subject: string) => boolean;
  each(message: Stored): void;
};

/** Ordered consumers as nats-server keeps them: each process gets each message, in order. */
export type Followers = {
  /** Resolves once what a stream has already was delivered, where that is asked for; answers how to stop. */
  follow(following: Following, from: "start" | "now"): Promise<() => void>;
  dispatch(stream: string): void;
  lose(): void;
};

type Parts = {
  readonly kernel: Kernel;
  readonly streams: Streams;
  isUp(): boolean;
  /** Called when a process gets a message. */
  followed(process: Process, message: Stored): void;
};

type Follower = Following & { next: number; busy: boolean };

export const openFollowers = ({ kernel, streams, isUp, followed }: Parts): Followers => {
  const followers = new Set<Follower>();
  let store = 0;
  const tell = ({ process, each }: Following, message: Stored) => {
    followed(process, message);
    each(message);
  };

  const dispatchOne = (follower: Follower) => {
    if (follower.busy || !isUp() || !followers.has(follower)) return;
    const { process, stream, declared, matches, next } = follower;
    const message = streams.of(stream).find((it) => it.sequence >= next && matches(it.subject));
    if (!message) return;
    const of = store;
    follower.busy = true;
    void kernel.reach(process, "follow", declared, message.id).then(() => {
      follower.busy = false;
      if (of === store) follower.next = message.sequence + 1;
      if (followers.has(follower)) tell(follower, message);
      dispatchOne(follower);
    });
  };

  return {
    async follow(following, from) {
      const { process, stream, declared, matches } = following;
      await kernel.reach(process, "subscribe", declared, from);
      const last = streams.last(stream);
      if (from === "start")
        for (const message of streams.of(stream))
          if (matches(message.subject)) tell(following, message);
      const follower = { ...following, next: last + 1, busy: false };
      followers.add(follower);
      const stop = () => {
        forget();
        followers.delete(follower);
      };
      const forget = process.onDeath(stop);
      return stop;
    },
    dispatch(stream) {
      for (const follower of followers) if (follower.stream === stream) dispatchOne(follower);
    },
    lose() {
      store += 1;
      for (const follower of followers) follower.next = 1;
    },
  };
};
