import { Fault } from "#shared/fault.ts";
import { BuildInfo, type BuildState } from "#shared/views.ts";
import { isFinal } from "./build-words.ts";
import { ifMissing, pathOf } from "./connect.ts";
import { readEvents } from "./events.ts";
import type { Session } from "./session.ts";

/** Milliseconds before a stream that broke is opened again, and how often in a row. */
const again = { after: 1_000, times: 30 };

export type Watching = {
  /** The build's name: when it was asked for. Absent: the next one that ends. */
  readonly started: string | undefined;
  readonly change: (state: BuildState) => void;
  readonly log: (text: string) => void;
};

/**
 * Tells of a build until it has ended, and how it ended; `undefined`: the server forgot it, as nothing was to be done.
 * The stream comes first and the look at the build second, so that no end falls between them.
 */
export const watchBuild = async (
  session: Session,
  base: string,
  watching: Watching,
): Promise<BuildInfo | undefined> => {
  const { world } = session;
  const onlyNew = skipRepeated(watching.log);
  for (let attempt = 0; ; attempt++) {
    try {
      const ended = await watchOnce(session, base, { ...watching, log: onlyNew.log }, () => {
        attempt = 0;
      });
      if (ended !== "broken") return ended.build;
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "unavailable" || attempt >= again.times)
        throw error;
    }
    await world.sleep(again.after);
    onlyNew.reopened();
  }
};

type Ended = { readonly build: BuildInfo | undefined } | "broken";

const watchOnce = async (
  session: Session,
  base: string,
  { started, change, log }: Watching,
  heard: () => void,
): Promise<Ended> => {
  const leaving = new AbortController();
  try {
    const path = pathOf(base, "build", "logs", "subscribe");
    const stream = await session.server.events(path, leaving.signal);
    const before = await look(session, base, started);
    if (started !== undefined && (!before || isFinal(before.state))) return { build: before };
    for await (const event of readEvents(stream)) {
      heard();
      if (event.name === "log") log(event.text);
      else {
        change(event.state);
        if (!isFinal(event.state)) continue;
        const build = await look(session, base, started);
        if (!build || isFinal(build.state)) return { build };
      }
    }
    return "broken";
  } catch (error) {
    if (error instanceof Fault) throw error;
    return "broken";
  } finally {
    leaving.abort();
  }
};

/** `undefined`: there is no such build, or none at all. */
const look = async ({ server }: Session, base: string, started = "latest") => {
  const build = await server.get(pathOf(base, "build", started), BuildInfo).catch(ifMissing);
  return build?.value;
};

/** A stream that is opened again starts with the whole log: what was shown of it is left out. */
const skipRepeated = (log: (text: string) => void) => {
  let shown = 0;
  let skip = 0;
  return {
    log(text: string) {
      const fresh = text.slice(skip);
      skip = Math.max(0, skip - text.length);
      shown += fresh.length;
      if (fresh !== "") log(fresh);
    },
    reopened() {
      skip = shown;
    },
  };
};
