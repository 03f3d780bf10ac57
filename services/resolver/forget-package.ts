import type { Payload } from "#shared/bus/declare.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import type { Resolver } from "./context.ts";
import { deleteSources } from "./store/sources.ts";

export const forgetPackage = (
  { state }: Resolver,
  { pkgbase, at }: Payload<typeof packageRemoved>,
) => deleteSources(state, pkgbase, at);
