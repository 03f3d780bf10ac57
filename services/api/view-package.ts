import type { SourceSpec } from "#shared/messages/resolve.ts";
import { fieldOf, parseSrcinfo, pkgnamesOf } from "#shared/pacman/srcinfo.ts";
import { type Schedules, scheduleOf } from "#shared/schedule.ts";
import type { PackageInfo, PackagePeek } from "#shared/views.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import type { Config } from "./context.ts";
import type { PeekRow } from "./store/list.ts";
import type { PackageRow } from "./store/shown.ts";
import { timeOf, viewBuild } from "./view-build.ts";

type Shown = Pick<Config, "ARCH" | "AUR_URL"> & Schedules;

/** What is published of a package, and what is set for it. */
export const viewPackage = (row: PackageRow, config: Shown): PackageInfo => {
  const settings = row.package;
  return {
    base: settings.pkgbase,
    ...viewPublished(row.srcinfo, config.ARCH),
    builds: row.builds,
    version: row.version,
    ...viewSource(settings.spec, settings.pkgbase, config.AUR_URL),
    devel: settings.devel,
    srcinfo_override: settings.srcinfoOverride,
    enabled: settings.enabled,
    clean: settings.clean,
    private: settings.private,
    dependency: settings.dependency,
    schedule: scheduleOf(settings, config),
    schedule_changed: settings.schedule !== null,
    prepare_commands: settings.private ? null : settings.prepare,
    makepkg_flags: [...settings.flags],
    added: timeOf(settings.addedAt),
  };
};

export const viewPeek = (row: PeekRow, members: readonly string[]): PackagePeek => ({
  base: row.base,
  members: [...members],
  version: row.published,
  enabled: row.enabled,
  devel: row.devel,
  build: row.build && viewBuild(row.build),
  added: timeOf(row.addedAt),
});

const viewPublished = (text: string | null, arch: string) => {
  if (text === null) return { members: [], description: null, upstream_url: null };
  const srcinfo = parseSrcinfo(text);
  const [first] = srcinfo.packages;
  const firstOf = (field: string) =>
    fieldOf(srcinfo, undefined, field, arch)[0] ??
    fieldOf(srcinfo, first?.pkgname, field, arch)[0] ??
    null;
  return {
    members: pkgnamesOf(srcinfo),
    description: firstOf("pkgdesc"),
    upstream_url: firstOf("url"),
  };
};

const viewSource = (
  spec: SourceSpec,
  pkgbase: string,
  aur: string,
): Pick<PackageInfo, "source" | "source_url"> => {
  switch (spec.type) {
    case "aur":
      return { source: "aur package", source_url: `${aur.replace(/\/+$/, "")}/pkgbase/${pkgbase}` };
    case "git":
      return { source: "git repository", source_url: withoutCredentials(spec.url) };
    case "cli":
      return { source: "internal cli", source_url: null };
    case "raw":
      return { source: "raw pkgbuild", source_url: null };
  }
};
