import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { type BuildName, parseBuildName } from "../build-name.ts";

/** How a query names one of a package's sources. */
export type SourceName =
  /** What the repository's packages were built from. */
  | { readonly kind: "published" }
  /** What the next build is made from, unless there is something newer by then. */
  | { readonly kind: "next" }
  /** Of a source, or of a build. */
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "build"; readonly name: BuildName };

/** `published`, `next`, an id of a source or a build, or a build as serene's paths name it. */
export const parseSourceName = (text: string): SourceName => {
  if (text === "published" || text === "next") return { kind: text };
  if (v.is(v.pipe(v.string(), v.uuid()), text)) return { kind: "id", id: text };
  try {
    return { kind: "build", name: parseBuildName(text) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(
      "invalid",
      `${JSON.stringify(text)} names no source: expected published, next, the id of a source or a build, or a build's index or time`,
    );
  }
};
