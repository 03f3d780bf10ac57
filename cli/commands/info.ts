import { type BuildDetails, BuildPage } from "#shared/build-views.ts";
import { type BuildInfo, BuildList, PackageInfo, RebuildList } from "#shared/views.ts";
import { formatExcerpt } from "../build-end.ts";
import { isFinal, reasonOf, stateCell, wordOf } from "../build-words.ts";
import type { Colours } from "../colours.ts";
import { ifMissing, ownPathOf, pathOf } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { oneLine, printable } from "../printable.ts";
import { verdictOf } from "../rebuild-words.ts";
import type { Session } from "../session.ts";
import { type Cell, formatTable } from "../table.ts";
import { ago, lasting } from "../times.ts";

/** How many builds are shown. */
const newest = 8;

/** Shows a package and its newest builds. */
export const info = async (
  { server, world, colours }: Session,
  name: string,
  { json }: { json?: boolean },
) => {
  const found = await server.get(pathOf(name), PackageInfo);
  if (json) {
    world.output.write(`${found.text}\n`);
    return exitCodes.done;
  }
  const builds = await server.get(`${pathOf(name, "build")}?count=${newest}`, BuildList);
  // serene has neither rebuilds nor details.
  const page = await server.get(ownPathOf(name, "builds"), BuildPage).catch(ifMissing);
  const details = page?.value.builds ?? [];
  const rebuilds = await server
    .get(`${pathOf(name, "rebuild")}?count=${newest}`, RebuildList)
    .catch(ifMissing);
  const verified =
    rebuilds && found.value.version ? verdictOf(rebuilds.value, world.now()) : undefined;
  world.output.write(formatPackage(found.value, verified, colours, world.now()));
  if (builds.value.length > 0) {
    const shown = { builds: builds.value, details, count: found.value.builds };
    world.output.write(`\n${formatBuilds(shown, colours, world.now())}`);
  }
  const [last] = details;
  if (last) world.output.write(formatEnd(last));
  if (builds.value[0]?.state.state === "pending")
    world.output.write(formatProblems(await server.problems(), colours));
  return exitCodes.done;
};

const formatPackage = (
  it: PackageInfo,
  verified: string | undefined,
  colours: Colours,
  now: number,
) => {
  const lines = fieldsOf(it, verified, now).map(([field, value]): Cell[] => [
    { text: field, paint: colours.dim },
    { text: value },
  ]);
  return `${colours.bold(printable(it.base))}\n${formatTable(lines)}`;
};

type Shown = {
  readonly builds: readonly BuildInfo[];
  readonly details: readonly BuildDetails[];
  /** Of all builds. */
  readonly count: number;
};

const formatBuilds = ({ builds, details, count }: Shown, colours: Colours, now: number) => {
  const messages = new Map(details.map(({ ordered, message }) => [ordered, message]));
  const head = ["ID", "STATE", "VERSION", "REASON", "STARTED", "TOOK", ""].map((text) => ({
    text,
    paint: colours.dim,
  }));
  const rows = builds.map((build, index): Cell[] => [
    { text: String(count - index - 1) },
    stateCell(build, colours),
    { text: printable(build.version ?? "-") },
    { text: build.reason },
    { text: ago(build.started, now) },
    { text: build.ended ? lasting(build.started, build.ended) : "-" },
    { text: shortened(reasonOf(build.state) ?? oneLine(messages.get(build.started) ?? "")) },
  ]);
  return formatTable([head, ...rows]);
};

/** Why a build may not start: a full disk, a network that is not confined. */
const formatProblems = (problems: Readonly<Record<string, string>>, colours: Colours) =>
  Object.entries(problems)
    .map(
      ([service, reason]) =>
        `\n${colours.red("not ready")} ${printable(service)}: ${oneLine(reason)}\n`,
    )
    .join("");

/** Why the newest build ended as it did, where it did not end well. */
const formatEnd = (build: BuildDetails) => {
  const { message, number, state } = build;
  if (!isFinal(state) || message === null) return "";
  if (state.state === "success") return `\nbuild ${number}: ${oneLine(message)}\n`;
  const sentence = `\nbuild ${number} ended as ${wordOf(state)}: ${oneLine(message)}\n`;
  return sentence + formatExcerpt(build);
};

/** As much of a reason as a table has room for. */
const shortened = (text: string) => {
  const characters = [...text];
  return characters.length <= 100 ? text : `${characters.slice(0, 99).join("")}…`;
};

const fieldsOf = (it: PackageInfo, verified: string | undefined, now: number) => {
  const marks = {
    enabled: it.enabled,
    clean: it.clean,
    devel: it.devel,
    private: it.private,
    dependency: it.dependency,
  };
  const set = Object.entries(marks).flatMap(([mark, isSet]) => (isSet ? [mark] : []));
  const fields: [string, string | null][] = [
    ["description", it.description && oneLine(it.description)],
    ["url", it.upstream_url],
    ["version", it.version],
    ["members", it.members.join(" ")],
    ["source", [it.source, it.source_url].filter((part) => part !== null).join(", ")],
    ["status", set.join(" ")],
    ["schedule", it.schedule],
    ["flags", it.makepkg_flags.join(" ")],
    ["prepare", it.prepare_commands && oneLine(it.prepare_commands)],
    ["added", ago(it.added, now)],
    ["builds", String(it.builds)],
    ["verified", verified ?? null],
  ];
  return fields.flatMap(([field, value]): [string, string][] =>
    value ? [[field, printable(value)]] : [],
  );
};
