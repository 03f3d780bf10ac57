import { PackageList, type PackagePeek } from "#shared/views.ts";
import { stateCell } from "../build-words.ts";
import type { Colours } from "../colours.ts";
import { exitCodes } from "../exit-code.ts";
import { printable } from "../printable.ts";
import type { Session } from "../session.ts";
import { type Cell, formatTable } from "../table.ts";
import { ago } from "../times.ts";

/** Shows every package with its newest build. */
export const list = async ({ server, world, colours }: Session, { json }: { json?: boolean }) => {
  const packages = await server.get("/package/list", PackageList);
  const text = json ? `${packages.text}\n` : formatPackages(packages.value, colours, world.now());
  world.output.write(text);
  return exitCodes.done;
};

const formatPackages = (packages: readonly PackagePeek[], colours: Colours, now: number) => {
  if (packages.length === 0)
    return 'there are no packages; "kiln add <name>" adds one of the AUR\n';
  const head = ["NAME", "VERSION", "STATE", "BUILT", ""].map((text) => ({
    text,
    paint: colours.bold,
  }));
  const rows = packages
    .toSorted((a, b) => (a.base < b.base ? -1 : 1))
    .map((it) => rowOf(it, colours, now));
  return formatTable([head, ...rows]);
};

const rowOf = (it: PackagePeek, colours: Colours, now: number): Cell[] => [
  { text: printable(it.base), paint: colours.bold },
  { text: printable(it.version ?? "-") },
  stateCell(it.build, colours),
  { text: it.build ? ago(it.build.ended ?? it.build.started, now) : "-" },
  { text: marksOf(it), paint: colours.dim },
];

const marksOf = ({ devel, enabled }: PackagePeek) =>
  [devel && "devel", !enabled && "not scheduled"].filter(Boolean).join(", ");
