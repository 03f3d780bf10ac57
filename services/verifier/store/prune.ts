import { inArray, sql } from "drizzle-orm";
import type { RebuildId } from "#shared/model.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import type { State } from "#shared/state/state.ts";

/** Rows of one write. */
const chunk = 500;

/** Rebuilds with their places among those of their package and of their build, the newest first. */
const ranked = sql`(select id, status, build, ended_at, log_sha256,
    row_number() over (partition by pkgbase order by ordered_at desc) as of_package,
    row_number() over (partition by build order by ordered_at desc) as of_build,
    row_number() over (partition by pkgbase, coalesce(status, '') = 'GOOD' order by ordered_at desc) as of_kind
  from rebuilds)`;

/** Whether it is the newest of what is published: the verdict on that is shown. */
const isShown = sql`(of_build = 1 and build in (select build from publications))`;

/** Deletes ended rebuilds but for the newest of each package. */
export const forgetRebuilds = async (state: State, kept: number) => {
  const isOld = sql`status is not null and of_package > ${kept} and not ${isShown}`;
  await inChunks(state, isOld, (ids) =>
    state.write(async (transaction) => {
      await transaction.delete(rebuildArtifacts).where(inArray(rebuildArtifacts.rebuild, ids));
      await transaction.delete(rebuilds).where(inArray(rebuilds.id, ids));
    }),
  );
};

/** Forgets the logs of rebuilds that ended before an instant, but for the newest that was not GOOD. */
export const forgetLogs = async (state: State, before: number) => {
  const isOld = sql`log_sha256 is not null and ended_at < ${before} and not ${isShown}
    and (status = 'GOOD' or of_kind > 1)`;
  await inChunks(state, isOld, (ids) =>
    state.write(async (transaction) => {
      await transaction
        .update(rebuilds)
        .set({ logSha256: null, logBytes: null, clockSha256: null })
        .where(inArray(rebuilds.id, ids));
    }),
  );
};

const inChunks = async (
  { read }: State,
  isOld: ReturnType<typeof sql>,
  write: (ids: RebuildId[]) => Promise<void>,
) => {
  for (;;) {
    const rows = await read
      .select({ id: sql<RebuildId>`id` })
      .from(ranked)
      .where(isOld)
      .limit(chunk);
    if (rows.length === 0) return;
    await write(rows.map(({ id }) => id));
  }
};
