import type { RebuildInfo } from "#shared/views.ts";
import type { RebuildRow } from "./store/rebuilds.ts";
import { timeOf } from "./view-build.ts";

export const viewRebuild = ({
  rebuild: it,
  builtBy,
  published,
  artifacts,
}: RebuildRow): RebuildInfo => ({
  id: it.id,
  status: it.status,
  message: it.message,
  version: it.version,
  current: it.build === published,
  reason: it.reason,
  built_by: builtBy,
  builder: it.builder,
  ordered: timeOf(it.orderedAt),
  started: it.startedAt === null ? null : timeOf(it.startedAt),
  ended: it.endedAt === null ? null : timeOf(it.endedAt),
  artifacts: artifacts.map(({ filename, status }) => ({ filename, status })),
});
