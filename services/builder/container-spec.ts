import type { BuildId, Pkgbase, RebuildId } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";
import { labelOfAll } from "./docker/create-options.ts";
import type { ContainerSpec } from "./docker/engine.ts";

/** What every container may use. */
export type Limits = Pick<ContainerSpec, "memory" | "cpus" | "processes">;

export type Purpose =
  | { readonly kind: "build"; readonly build: BuildId; readonly pkgbase: Pkgbase }
  | { readonly kind: "rebuild"; readonly rebuild: RebuildId; readonly pkgbase: Pkgbase }
  | { readonly kind: "srcinfo" }
  /** Asks other hosts, and holds no recipe. */
  | { readonly kind: "fetch" };

/**
 * A container for one build or rebuild, for reading one PKGBUILD, or for looking at sources, which takes at most `timeout`
 * milliseconds. It ends by itself some time after it must be done, should its engine never notice that its
 * builder is gone.
 */
export const containerSpec = (
  image: string,
  limits: Limits,
  builder: string,
  purpose: Purpose,
  timeout: number,
): ContainerSpec => ({
  ...limits,
  image,
  labels: { [labelOfAll]: builder, ...labelsOf(purpose) },
  network: purpose.kind !== "srcinfo",
  lifetime: timeout + minutes(10),
});

const labelsOf = (purpose: Purpose): Readonly<Record<string, string>> => {
  switch (purpose.kind) {
    case "build":
      return { "kiln.build": purpose.build, "kiln.pkgbase": purpose.pkgbase };
    case "rebuild":
      return { "kiln.rebuild": purpose.rebuild, "kiln.pkgbase": purpose.pkgbase };
    case "srcinfo":
    case "fetch":
      return {};
  }
};
