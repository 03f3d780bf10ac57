import type { BuildInfo, BuildState } from "#shared/views.ts";
import type { BuildRow } from "./store/builds.ts";

/** Milliseconds as the wire has times. */
export const timeOf = (at: number) => new Date(at).toISOString();

export type ShownBuild = Omit<BuildRow, "id" | "startedAt" | "logSha256" | "source">;

export const viewBuild = (row: ShownBuild): BuildInfo => ({
  state: viewState(row),
  reason: row.reason ?? "unknown",
  version: row.version,
  started: timeOf(row.orderedAt),
  ended: row.endedAt === null ? null : timeOf(row.endedAt),
  mem_peak: row.measurements?.memoryPeak ?? null,
  cpu_user: row.measurements?.cpuUser ?? null,
  cpu_system: row.measurements?.cpuSystem ?? null,
  io_tbr: row.measurements?.ioRead ?? null,
  io_tbw: row.measurements?.ioWritten ?? null,
});

/** serene knows no difference between a build that waits for others and one that waits for a builder. */
export const viewState = ({
  state,
  message,
  progress,
}: Pick<BuildRow, "state" | "message" | "progress">): BuildState => {
  switch (state) {
    case "pending":
    case "requested":
      return { state: "pending" };
    case "running":
      return { state: "running", info: "build" };
    case "publishing":
      return { state: "running", info: "publish" };
    case "success":
    case "failure":
      return { state };
    case "cancelled":
      return { state, info: message ?? "" };
    case "fatal":
      return { state, info: [message ?? "", progress ?? "build"] };
  }
};
