import type { BuildDetails } from "#shared/build-views.ts";
import type { AddInfo } from "#shared/recipe-views.ts";
import type {
  BuildInfo,
  BuildState,
  PackageInfo,
  PackagePeek,
  RebuildInfo,
} from "#shared/views.ts";

export const aBuild = (state: BuildState, rest: Partial<BuildInfo> = {}): BuildInfo => ({
  state,
  reason: "manual",
  version: null,
  started: "2026-01-01T11:57:00.000Z",
  ended: null,
  mem_peak: null,
  cpu_user: null,
  cpu_system: null,
  io_tbr: null,
  io_tbw: null,
  ...rest,
});

export const aPeek = (base: string, rest: Partial<PackagePeek> = {}): PackagePeek => ({
  base,
  members: [],
  version: null,
  enabled: true,
  devel: false,
  build: null,
  added: "2026-01-01T00:00:00.000Z",
  ...rest,
});

export const aPackage = (base: string, rest: Partial<PackageInfo> = {}): PackageInfo => ({
  base,
  members: [base],
  description: null,
  upstream_url: null,
  builds: 0,
  version: null,
  source: "aur package",
  source_url: `https://aur.example/pkgbase/${base}`,
  devel: false,
  srcinfo_override: false,
  enabled: true,
  clean: true,
  private: false,
  dependency: false,
  schedule: "0 0 0 * * *",
  schedule_changed: false,
  prepare_commands: null,
  makepkg_flags: [],
  added: "2026-01-01T00:00:00.000Z",
  ...rest,
});

export const aRebuild = (
  status: RebuildInfo["status"],
  rest: Partial<RebuildInfo> = {},
): RebuildInfo => ({
  id: "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
  status,
  message: null,
  version: "1-1",
  current: true,
  reason: "manual",
  built_by: "host-a",
  builder: "host-b",
  ordered: "2026-01-01T11:57:00.000Z",
  started: null,
  ended: null,
  artifacts: [],
  ...rest,
});

export const time = "2026-01-01T11:58:10.000Z";

export const anAdd = (rest: Partial<AddInfo> = {}): AddInfo => ({
  add: "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
  ordered: "2026-01-01T11:57:00.000Z",
  fetching: null,
  fetched: 0,
  ended: null,
  outcome: null,
  added: [],
  message: null,
  ...rest,
});

export const someDetails = (state: BuildState, rest: Partial<BuildDetails> = {}): BuildDetails => ({
  base: "foo",
  number: 1,
  ordered: "2026-01-01T11:57:00.000Z",
  state,
  reason: "manual",
  version: null,
  started: null,
  ended: null,
  builder: null,
  message: null,
  steps: [],
  excerpt: null,
  log: null,
  ...rest,
});
