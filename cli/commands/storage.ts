import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { StorageInfo, SweepInfo } from "#shared/views.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { oneLine, printable } from "../printable.ts";
import { openProgress } from "../progress.ts";
import type { Session } from "../session.ts";
import { formatTable } from "../table.ts";
import { ago } from "../times.ts";

export type SweepOptions = { readonly dryRun?: boolean; readonly json?: boolean };

/** Milliseconds between two looks, and how many of them in a row may find no server. */
const looks = { every: seconds(1), unanswered: 30 };

/** Shows what takes how much of the blob store, as the last sweep found it. */
export const storage = async (
  session: Session,
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> => {
  const { server, world } = session;
  const { text, value } = await server.get("/storage", StorageInfo);
  world.output.write(json ? `${text}\n` : formatStorage(session, value));
  return exitCodes.done;
};

/** Orders a sweep, waits until it has ended, and shows what it deleted, or would have. */
export const sweep = async (
  session: Session,
  { dryRun = false, json = false }: SweepOptions,
): Promise<ExitCode> => {
  const { server, world } = session;
  const ordered = await server.order("/storage/sweep", { dry_run: dryRun }, SweepInfo);
  const ended = await waitForSweep(session, ordered.value.id);
  world.output.write(`${json ? JSON.stringify(ended) : formatSweep(ended)}\n`);
  return ended.obstacle === null ? exitCodes.done : exitCodes.refused;
};

const waitForSweep = async ({ server, world }: Session, id: string): Promise<SweepInfo> => {
  using _ = openProgress(world, "sweeping");
  for (let unanswered = 0; ; ) {
    try {
      const { sweeps } = (await server.get("/storage", StorageInfo)).value;
      const found = sweeps.find((it) => it.id === id);
      if (found && found.ended !== null) return found;
      unanswered = 0;
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "unavailable") throw error;
      if (++unanswered > looks.unanswered) throw error;
    }
    await world.sleep(looks.every);
  }
};

const formatSweep = ({ blobs, bytes, dry_run, obstacle }: SweepInfo) => {
  if (obstacle !== null) return `nothing was deleted: ${oneLine(obstacle)}`;
  return `${dry_run ? "would delete" : "deleted"} ${blobs} blobs, ${sizeOf(bytes)}`;
};

const formatStorage = ({ colours, world }: Session, { measured, kinds }: StorageInfo) => {
  if (measured === null)
    return 'nothing was measured yet; "kiln storage sweep --dry-run" does it\n';
  const head = ["KIND", "BLOBS", "SIZE"].map((text) => ({ text, paint: colours.bold }));
  const total = kinds.reduce(
    (sum, { blobs, bytes }) => ({
      kind: "all",
      blobs: sum.blobs + blobs,
      bytes: sum.bytes + bytes,
    }),
    { kind: "all", blobs: 0, bytes: 0 },
  );
  const rows = [...kinds, total].map(({ kind, blobs, bytes }) => [
    { text: printable(kind) },
    { text: String(blobs) },
    { text: sizeOf(bytes) },
  ]);
  return `${formatTable([head, ...rows])}as of ${ago(measured, world.now())}\n`;
};

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** With one digit after the point from KiB on. */
const sizeOf = (bytes: number) => {
  const power = bytes === 0 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const size = bytes / 1024 ** power;
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`;
};
