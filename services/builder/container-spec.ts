import type { BuildId, Pkgbase } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";
import { labelOfAll } from "./docker/create-options.ts";
import type { ContainerSpec } from "./docker/engine.ts";

/** What every container may use. */
export type Limits = Pick<ContainerSpec, "memory" | "cpus" | "processes">;

type Purpose =
  | {
      readonly kind: "build";
      readonly build: BuildId;
      readonly pkgbase: Pkgbase;
      readonly timeout: number;
    }
  | { readonly kind: "srcinfo"; readonly timeout: number };

/**
 * A container for one build, or for reading one PKGBUILD. It ends by itself some time after it must be done,
 * should its engine never notice that its builder is gone.
 */
export const containerSpec = (
  image: string,
  limits: Limits,
  builder: string,
  purpose: Purpose,
): ContainerSpec => ({
  ...limits,
  image,
  labels: {
    [labelOfAll]: builder,
    ...(purpose.kind === "build" && {
      "kiln.build": purpose.build,
      "kiln.pkgbase": purpose.pkgbase,
    }),
  },
  network: purpose.kind === "build",
  lifetime: purpose.timeout + minutes(10),
});
