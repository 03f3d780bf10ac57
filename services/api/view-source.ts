import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import type { SourceInfo } from "#shared/recipe-views.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import type { Source } from "./store/sources.ts";
import { timeOf } from "./view-build.ts";

type Shown = {
  readonly source: Source;
  /** When the builds that are of it were ordered. */
  readonly builds: readonly number[];
};

export const viewSource = (
  { source, builds }: Shown,
  named: { readonly published: string | undefined; readonly next: string | undefined },
): SourceInfo => ({
  id: source.id,
  version: versionOf(parseSrcinfo(source.srcinfo)),
  revision: source.revision,
  fetched: timeOf(source.fetchedAt),
  changed: timeOf(source.changedAt),
  published: source.id === named.published,
  next: source.id === named.next,
  builds: builds.map(timeOf),
  commits: (source.commits ?? []).map(({ url, ref, commit }) => ({
    url: withoutCredentials(url),
    ref,
    commit,
  })),
  aur: source.aur && {
    maintainer: source.aur.maintainer,
    comaintainers: [...source.aur.comaintainers],
    submitter: source.aur.submitter,
    modified: source.aur.lastModified === null ? null : timeOf(source.aur.lastModified),
    outOfDate: source.aur.outOfDate === null ? null : timeOf(source.aur.outOfDate),
  },
});
