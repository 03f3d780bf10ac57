import * as v from "valibot";
import { BuilderName } from "#shared/model.ts";

/** A builder's name where it was given none: its host's, without what a name may not hold. */
export const nameOfHost = (hostname: string): BuilderName => {
  const name = hostname.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return v.parse(BuilderName, name.slice(0, 253) || "builder");
};
