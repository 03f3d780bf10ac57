import { deadline, unlessAborted } from "#shared/pause.ts";
import type { World } from "#shared/service/define.ts";
import { minutes, seconds } from "#shared/time.ts";
import type { ServedFile } from "./served-files.ts";

/** A database under the address that always leads to the newest one, and its signature. */
export type Pair = {
  /** The number of their generation. */
  readonly number: number;
  readonly database: ServedFile;
  /** Absent where the generation is unsigned. */
  readonly signature: ServedFile | undefined;
};

type Handout = {
  readonly pair: Pair;
  /** When the client last got the database. */
  readonly at: number;
  /** How often the client got the database and has not asked for the signature since. */
  readonly unsigned: number;
};

/** Milliseconds for which a client's next request for the signature gets that of the database that it has. */
const remembered = minutes(10);

/** Milliseconds that a newer database waits for requests for the signature of the older one. */
const patience = seconds(1);

/** Clients and databases that are remembered; the longest unused go first. */
const most = 10_000;

/**
 * Which database each client has. A client that follows no redirect fetches a database and its signature at two fixed
 * addresses, so the second answer has to fit the first one, whatever was published between them. `client` is all that the
 * server knows of a client; several behind one proxy may look the same.
 */
export const openHandedOut = ({ now, pause }: Pick<World, "now" | "pause">) => {
  const kept = new Map<string, Handout>();
  const waiting = new Map<string, Set<() => void>>();
  const keyOf = (client: string, name: string) => `${name} ${client}`;

  const find = (key: string) => {
    const found = kept.get(key);
    return found && now() < found.at + remembered ? found : undefined;
  };
  const keep = (key: string, handout: Handout) => {
    kept.delete(key);
    kept.set(key, handout);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    if (handout.unsigned > 0) return;
    for (const wake of waiting.get(key) ?? []) wake();
  };

  return {
    /** What the client has of a database, if it got it here lately. */
    find: (client: string, name: string) => find(keyOf(client, name))?.pair,

    /**
     * Waits until no client of that look still lacks the signature of another generation than `number`, for a second at
     * most: clients that ask for no signature are not held up for longer. False where there was nothing to wait for.
     */
    async turn(client: string, name: string, number: number) {
      const key = keyOf(client, name);
      const before = find(key);
      if (!before || before.pair.number === number || before.unsigned === 0) return false;
      const left = before.at + patience - now();
      if (left <= 0) return false;
      const woken = Promise.withResolvers<void>();
      const others = waiting.get(key) ?? new Set();
      waiting.set(key, others.add(woken.resolve));
      using late = deadline(pause, left);
      await unlessAborted(woken.promise, late.signal);
      others.delete(woken.resolve);
      if (others.size === 0) waiting.delete(key);
      return true;
    },

    /** The client gets a database now. */
    give(client: string, name: string, pair: Pair) {
      const key = keyOf(client, name);
      const before = find(key);
      const unsigned = before?.pair.number === pair.number ? before.unsigned : 0;
      keep(key, { pair, at: now(), unsigned: unsigned + 1 });
    },

    /** The client asks for the signature now; undefined where it got no database here. */
    sign(client: string, name: string) {
      const key = keyOf(client, name);
      const found = find(key);
      if (found) keep(key, { ...found, unsigned: Math.max(0, found.unsigned - 1) });
      return found?.pair;
    },
  };
};

export type HandedOut = ReturnType<typeof openHandedOut>;
