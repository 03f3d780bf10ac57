import type { Follow } from "#shared/bus/bus.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import type { BuildId } from "#shared/model.ts";
import type { Pause } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import type { BuildState } from "#shared/views.ts";
import { silenceAfter } from "../silence.ts";
import { type Channel, type FollowOutput, openChannel } from "./channel.ts";
import { ping } from "./event.ts";
import { openPlaces } from "./places.ts";
import type { Subscriber } from "./subscriber.ts";

/** Streams that one process keeps, and that one client may have of them: ten clients can take all. */
const most = { all: 2_000, ofClient: 200 };

export type Unfinished = {
  readonly build: BuildId;
  readonly state: BuildState;
  readonly startedAt: number | null;
};

export type HubTerms = {
  readonly log: Log;
  readonly follow: Follow;
  readonly pause: Pause;
  readonly now: () => number;
  /** A package's builds that have not ended, oldest first. */
  findUnfinished(pkgbase: string): Promise<readonly Unfinished[]>;
  /** Milliseconds between pings. */
  readonly pingInterval?: number;
  /** Milliseconds an end waits for a log that is not whole. */
  readonly patience?: number;
};

export type Hub = AsyncDisposable & {
  /**
   * What happens to a package's builds from now on, and first what a build under way has shown so far. `client` names whose
   * stream it is: `Fault` unavailable where that client, or all of them, have as many as they may.
   */
  subscribe(pkgbase: string, client: string): Promise<Subscriber>;
  /**
   * Hands the channel of a package what happens to a build, where a client is interested. A message may arrive twice,
   * however late, so a build that the channel does not know is looked up first: one that has ended stays unheard of.
   */
  notify(about: About, hand: (channel: Builds) => void): void;
  /** As `notify`, for an end: that of a build that the channel does not know is passed on unless it is long past. */
  notifyEnd(about: About & { readonly at: number }, hand: (channel: Builds) => void): void;
  /** How many streams there are. */
  count(): number;
};

type Opened = {
  readonly channel: Channel;
  readonly ready: Promise<void>;
  readonly openedAt: number;
};

type Builds = Pick<Channel, "pending" | "started" | "finished" | "ended">;

type About = { readonly pkgbase: string; readonly build: BuildId };

/** Milliseconds by which the clocks of two hosts may differ. */
const skew = seconds(60);

/** The live events of one process. Disposing ends every stream at once. */
export const openHub = ({
  log,
  follow,
  pause,
  now,
  findUnfinished,
  pingInterval = seconds(10),
  patience = seconds(5),
}: HubTerms): Hub => {
  const opened = new Map<string, Opened>();
  const places = openPlaces(most);

  const open = (pkgbase: string): Opened => {
    const channel = openChannel(pkgbase, {
      pause,
      patience,
      followOutput: (build, each) => followFromStart({ follow, pause }, build, each),
      empty: () => close(pkgbase),
      failed: (error) => log.error("live output cannot be followed", { pkgbase, error }),
    });
    const load = async () => {
      for (const { build, state, startedAt } of await findUnfinished(pkgbase))
        await channel.resume(build, state, startedAt);
    };
    return { channel, ready: load(), openedAt: now() };
  };
  const close = (pkgbase: string) => {
    opened.get(pkgbase)?.channel.close();
    opened.delete(pkgbase);
  };

  const isUnfinished = async ({ pkgbase, build }: About) =>
    (await findUnfinished(pkgbase)).some((it) => it.build === build);

  const closing = new AbortController();
  const pingEachClient = async () => {
    while (true) {
      await pause(pingInterval, closing.signal);
      if (closing.signal.aborted) return;
      for (const { channel } of opened.values()) channel.ping(ping);
    }
  };
  void pingEachClient();

  const hub: Hub = {
    async subscribe(pkgbase, client) {
      const left = places.take(client);
      const it = opened.get(pkgbase) ?? open(pkgbase);
      opened.set(pkgbase, it);
      try {
        await it.ready;
      } catch (error) {
        left();
        if (opened.get(pkgbase) === it) close(pkgbase);
        throw error;
      }
      if (opened.get(pkgbase) === it) return it.channel.join(left);
      left();
      return hub.subscribe(pkgbase, client);
    },
    notify(about, hand) {
      const channel = opened.get(about.pkgbase)?.channel;
      if (!channel) return;
      if (channel.knows(about.build)) return hand(channel);
      void isUnfinished(about)
        .then((unfinished) => {
          if (unfinished) hand(channel);
        })
        .catch((error: unknown) => log.error("a build cannot be looked up", { ...about, error }));
    },
    notifyEnd({ pkgbase, build, at }, hand) {
      const it = opened.get(pkgbase);
      if (it && (it.channel.knows(build) || at > it.openedAt - skew)) hand(it.channel);
    },
    count: () => places.count(),
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const pkgbase of [...opened.keys()]) close(pkgbase);
    },
  };
  return hub;
};

/** Milliseconds of silence after which the output so far counts as read, and at most. */
const sofar = { quiet: 60, whole: seconds(2) };

/** Resolves when what was printed before has been told, so that who comes late gets it in one piece. */
const followFromStart: FollowFromStart = async ({ follow, pause }, build, each) => {
  const silence = silenceAfter(pause, sofar.quiet, sofar.whole);
  const following = await follow(
    buildOutput,
    "start",
    (chunk) => {
      silence.heard();
      each(chunk);
    },
    { build },
  );
  await silence.begun();
  return following;
};

type FollowFromStart = (
  around: Pick<HubTerms, "follow" | "pause">,
  ...rest: Parameters<FollowOutput>
) => ReturnType<FollowOutput>;
