import { gauge } from "#shared/metrics/declare.ts";

export const packageState = gauge(
  "kiln_package_build_state",
  "1 for the state of each package's newest build. With ALLOW_READS alone, as the next two",
  "pkgbase",
  "state",
);

export const packageEnded = gauge(
  "kiln_package_build_ended_timestamp_seconds",
  "When each package's newest build ended",
  "pkgbase",
);

export const packageDuration = gauge(
  "kiln_package_build_duration_seconds",
  "How long each package's newest build took since a builder had it",
  "pkgbase",
);
