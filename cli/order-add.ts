import type * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { AddInfo } from "#shared/recipe-views.ts";
import { minutes, seconds } from "#shared/time.ts";
import { AddedPackages, type PackageAddRequest } from "#shared/views.ts";
import { type Answer, ifMissing } from "./connect.ts";
import { printable } from "./printable.ts";
import { openProgress } from "./progress.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two looks at an add. */
const pace = seconds(1);

/** How long one request waits for an add: the server closes connections that are silent for four minutes. */
const answer = minutes(4) - seconds(10);

type Showing = { readonly json: boolean };

/**
 * Orders an add, and shows what the server fetches for it until the add has ended. While the add goes on, the order is
 * sent again with the same key as often as its connection is cut.
 */
export const orderAdd = async (
  session: Session,
  request: PackageAddRequest,
  { json }: Showing,
): Promise<Answer<v.InferOutput<typeof AddedPackages>>> => {
  const { server, world } = session;
  const id = world.newId();
  using shown = showAdd(session, json);
  using _ = world.onInterrupt(() => {
    shown.end();
    world.messages.write(
      `an add that the server has taken goes on: kiln add --watch ${id} shows how far it is\n`,
    );
  });
  const ended = new AbortController();
  const watching = watchAdd(session, id, shown.show, ended.signal);
  try {
    for (;;)
      try {
        const say = shown.say;
        return await server.order("/package/add", request, AddedPackages, { key: id, answer, say });
      } catch (error) {
        if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
        const add = await readAdd(session, id).catch(() => undefined);
        if (!add || add.value.ended !== null) throw error;
      }
  } finally {
    ended.abort();
    await watching;
  }
};

/** Shows how far an add is, until it has ended; the answer is its end. `Fault` missing where there is no such add. */
export const waitForAdd = async (
  session: Session,
  id: string,
  { json }: Showing,
): Promise<Answer<AddInfo>> => {
  using shown = showAdd(session, json);
  for (;;) {
    const add = await readAdd(session, id);
    if (add.value.ended !== null) return add;
    shown.show(add);
    await session.world.sleep(pace);
  }
};

const readAdd = ({ server }: Session, id: string) =>
  server.get(`/adds/${encodeURIComponent(id)}`, AddInfo);

/** Looks at an add until the signal. A look that fails is no news: the order itself has the reason. */
const watchAdd = async (
  session: Session,
  id: string,
  show: (add: Answer<AddInfo>) => void,
  signal: AbortSignal,
) => {
  for (;;) {
    await session.world.sleep(pace, signal);
    if (signal.aborted) return;
    const add = await readAdd(session, id).catch(ifUnavailable);
    if (add && !signal.aborted && add.value.ended === null) show(add);
  }
};

const ifUnavailable = (error: unknown) => {
  if (error instanceof Fault && error.kind === "unavailable") return undefined;
  return ifMissing(error);
};

/** Shows each change of an add: on one line of a terminal, else as lines, of JSON where a program reads them. */
const showAdd = ({ world }: Session, json: boolean) => {
  const { messages } = world;
  const progress = openProgress(world, "fetching the source and what it needs");
  let last = "";
  const line = (text: string) => {
    if (text === last) return;
    last = text;
    if (messages.isTerminal) progress.show(text);
    else messages.write(`${text}\n`);
  };
  return {
    show: ({ text, value }: Answer<AddInfo>) => line(json ? text : wordsOf(value)),
    say: (text: string) => line(json ? JSON.stringify({ message: text }) : text),
    end: progress.end,
    [Symbol.dispose]: progress.end,
  };
};

const wordsOf = ({ fetching, fetched }: AddInfo) => {
  const count = fetched === 1 ? "1 source fetched" : `${fetched} sources fetched`;
  return fetching === null ? count : `fetching ${printable(fetching)}, ${count}`;
};
