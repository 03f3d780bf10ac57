import { type Reading, reading } from "#shared/metrics/declare.ts";
import { seconds } from "#shared/time.ts";
import type { Api } from "./context.ts";
import { packageDuration, packageEnded, packageState } from "./metrics.ts";
import { listNewestBuilds } from "./store/newest-builds.ts";

/** How the packages fare: nothing where reading takes a secret, since who reads metrics brings none. */
export const showPackages = async ({
  config,
  state,
}: Pick<Api, "state"> & {
  readonly config: Pick<Api["config"], "ALLOW_READS">;
}): Promise<Reading[]> => {
  if (!config.ALLOW_READS) return [];
  const rows = await listNewestBuilds(state.read);
  return rows.flatMap(({ pkgbase, state, startedAt, endedAt }) => [
    reading(packageState, { pkgbase, state }, 1),
    ...(endedAt === null ? [] : [reading(packageEnded, { pkgbase }, endedAt / seconds(1))]),
    ...(endedAt === null || startedAt === null
      ? []
      : [reading(packageDuration, { pkgbase }, (endedAt - startedAt) / seconds(1))]),
  ]);
};
