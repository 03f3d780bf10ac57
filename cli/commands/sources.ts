import { SourceList } from "#shared/recipe-views.ts";
import type { Colours } from "../colours.ts";
import { ownPathOf } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { oneLine, printable } from "../printable.ts";
import type { Session } from "../session.ts";
import { type Cell, formatTable } from "../table.ts";
import { ago } from "../times.ts";

export type SourcesOptions = { readonly output?: string; readonly json?: boolean };

/** Lists the states of a package's source that are kept; with `output`, writes the files of one. */
export const sources = async (
  session: Session,
  base: string,
  id: string | undefined,
  { output, json = false }: SourcesOptions,
) => {
  const { server, world } = session;
  if (output !== undefined) {
    const tar = await server.bytes(ownPathOf(base, "sources", id ?? "next"));
    const paths = await world.unpack(output, tar);
    world.output.write(paths.map((path) => `${printable(path)}\n`).join(""));
    return exitCodes.done;
  }
  const list = await server.get(ownPathOf(base, "sources"), SourceList);
  world.output.write(json ? `${list.text}\n` : formatSources(session, list.value));
  return exitCodes.done;
};

const formatSources = ({ colours, world }: Session, { checked, problem, sources }: SourceList) => {
  const now = world.now();
  const head = ["SOURCE", "VERSION", "FETCHED", "MAINTAINER", ""].map((text) => ({
    text,
    paint: colours.bold,
  }));
  const rows = sources.map((it) => rowOf(it, colours, now));
  const looked = checked === null ? "it was never looked for" : `looked for ${ago(checked, now)}`;
  const failed = problem === null ? "" : `, which failed: ${oneLine(problem)}`;
  return `${formatTable([head, ...rows])}${looked}${failed}\n`;
};

const rowOf = (it: SourceList["sources"][number], colours: Colours, now: number): Cell[] => [
  { text: it.id },
  { text: printable(it.version) },
  { text: ago(it.fetched, now) },
  { text: it.aur ? printable(it.aur.maintainer ?? "orphan") : "-" },
  { text: marksOf(it), paint: colours.dim },
];

const marksOf = ({ published, next, aur }: SourceList["sources"][number]) =>
  [published && "published", next && "next", aur?.outOfDate && "flagged out of date"]
    .filter(Boolean)
    .join(", ");
