import type { BuildDetails } from "#shared/build-views.ts";
import type { DetailsRow } from "./store/build-details.ts";
import { timeOf, viewState } from "./view-build.ts";

export const viewBuildDetails = (row: DetailsRow): BuildDetails => ({
  base: row.pkgbase,
  number: row.number,
  ordered: timeOf(row.orderedAt),
  state: viewState(row),
  reason: row.reason ?? "unknown",
  version: row.version,
  started: row.startedAt === null ? null : timeOf(row.startedAt),
  ended: row.endedAt === null ? null : timeOf(row.endedAt),
  builder: row.builder,
  message: row.message,
  steps: (row.steps ?? []).map(({ step, startedAt, endedAt, exitCode, line }) => ({
    step,
    started: timeOf(startedAt),
    ended: timeOf(endedAt),
    ok: exitCode === null ? null : exitCode === 0,
    exitCode,
    line,
  })),
  excerpt: row.excerpt && { line: row.excerpt.line, lines: row.excerpt.lines },
  log: row.logSha256 === null ? null : { bytes: row.logBytes, lines: row.logLines },
});
