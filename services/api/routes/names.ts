import * as v from "valibot";
import { Pkgbase } from "#shared/model.ts";
import { notAdded } from "../store/shown.ts";

/** A package base as a path has it, percent-decoded; what can be none is not added. */
export const demandName = (text: string) => {
  const parsed = v.safeParse(Pkgbase, text);
  if (!parsed.success) throw notAdded(text);
  return parsed.output;
};
