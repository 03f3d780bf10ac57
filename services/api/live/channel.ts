import type { BuildId } from "#shared/model.ts";
import type { Pause } from "#shared/pause.ts";
import type { BuildState } from "#shared/views.ts";
import { frameOf, type LiveEvent, missedFrames } from "./event.ts";
import { openSubscriber, type Subscriber } from "./subscriber.ts";
import { type End, type Output, type Tracker, trackBuild } from "./track-build.ts";

/** Starts telling of a build's output from its beginning, until disposed. */
export type FollowOutput = (
  build: BuildId,
  each: (chunk: Output) => void,
) => Promise<AsyncDisposable>;

export type Channel = {
  /** Adds a client, with what it missed. */
  join(left: () => void): Subscriber;
  /** Whether it was told of a build before, over or not. */
  knows(build: BuildId): boolean;
  /** A build that is there already; resolves when its log so far is known. */
  resume(build: BuildId, state: BuildState, startedAt: number | null): Promise<void>;
  pending(build: BuildId): void;
  started(build: BuildId, at: number): void;
  finished(build: BuildId, outputs: number, built: boolean): void;
  ended(build: BuildId, end: End): void;
  ping(frame: string): void;
  close(): void;
};

type Followed = {
  readonly tracker: Tracker;
  /** What is told when the builds before it have ended. */
  readonly backlog: LiveEvent[];
  output?: Promise<AsyncDisposable>;
};

export type ChannelTerms = {
  readonly pause: Pause;
  readonly followOutput: FollowOutput;
  /** Milliseconds an end waits for a log that is not whole. */
  readonly patience: number;
  /** The last client left. */
  readonly empty: () => void;
  readonly failed: (error: unknown) => void;
};

/** Builds that are over and remembered: a message of one may come late. */
const memory = 1_000;

/** What the clients of one package hear: its builds, one after the other. Exists while there are clients. */
export const openChannel = (pkgbase: string, terms: ChannelTerms): Channel => {
  const subscribers = new Set<Subscriber>();
  const builds = new Map<BuildId, Followed>();
  const over = new Set<BuildId>();
  const closing = new AbortController();

  const front = () => builds.values().next().value;
  const tell = (event: LiveEvent) => {
    const frame = frameOf(pkgbase, event);
    for (const subscriber of subscribers) subscriber.send(frame);
  };

  const follow = (build: BuildId, state: BuildState, startedAt: number | null): Followed => {
    const backlog: LiveEvent[] = [];
    const emit = (event: LiveEvent) => {
      const first = front();
      if (!first || first.backlog === backlog) tell(event);
      else backlog.push(event);
    };
    const followed: Followed = { tracker: trackBuild({ state, startedAt }, emit), backlog };
    builds.set(build, followed);
    return followed;
  };
  const heard = (build: BuildId) =>
    over.has(build) ? undefined : (builds.get(build) ?? follow(build, { state: "pending" }, null));

  const listen = (build: BuildId, followed: Followed) => {
    const each = (chunk: Output) => {
      if (over.has(build)) return;
      followed.tracker.output(chunk);
      sweep();
    };
    followed.output ??= terms.followOutput(build, each).catch((error: unknown) => {
      // What is heard of the build next has it tried again.
      delete followed.output;
      throw error;
    });
    return followed.output;
  };
  const listenSoon = (build: BuildId, followed: Followed) =>
    void listen(build, followed).catch(terms.failed);

  /** Lets go of builds that have ended, and tells of those behind them. */
  const sweep = () => {
    for (let first = builds.entries().next().value; first; first = builds.entries().next().value) {
      const [build, followed] = first;
      for (const event of followed.backlog.splice(0)) tell(event);
      if (!followed.tracker.hasEnded()) return;
      over.add(build);
      const [oldest] = over;
      if (over.size > memory && oldest) over.delete(oldest);
      builds.delete(build);
      release(followed);
    }
  };
  const waitForLog = async ({ tracker }: Followed) => {
    await terms.pause(terms.patience, closing.signal);
    if (closing.signal.aborted) return;
    tracker.stopWaiting();
    sweep();
  };
  const release = ({ output }: Followed) =>
    void output?.then((it) => it[Symbol.asyncDispose]()).catch(terms.failed);

  return {
    join(left) {
      const sofar = front()?.tracker.sofar();
      const missed = sofar ? missedFrames(pkgbase, sofar.state, sofar.log) : [];
      const subscriber = openSubscriber(missed, (it) => {
        subscribers.delete(it);
        left();
        if (subscribers.size === 0) terms.empty();
      });
      subscribers.add(subscriber);
      return subscriber;
    },
    knows: (build) => builds.has(build) || over.has(build),
    async resume(build, state, startedAt) {
      const followed = builds.get(build) ?? follow(build, state, startedAt);
      if (state.state !== "pending") await listen(build, followed);
    },
    pending(build) {
      heard(build);
      sweep();
    },
    started(build, at) {
      const followed = heard(build);
      if (!followed) return;
      followed.tracker.started(at);
      listenSoon(build, followed);
    },
    finished(build, outputs, built) {
      const followed = heard(build);
      if (!followed) return;
      followed.tracker.finished(outputs, built);
      if (outputs > 0) listenSoon(build, followed);
      sweep();
    },
    ended(build, end) {
      const followed = heard(build);
      if (!followed) return;
      followed.tracker.ended(end);
      if (!followed.tracker.hasEnded()) void waitForLog(followed);
      sweep();
    },
    ping(frame) {
      for (const subscriber of subscribers) subscriber.sendIfIdle(frame);
    },
    close() {
      closing.abort();
      for (const followed of builds.values()) release(followed);
      builds.clear();
      for (const subscriber of [...subscribers]) subscriber.leave();
    },
  };
};
