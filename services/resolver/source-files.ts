import { posix } from "node:path";
import { SourceFault } from "./unusable.ts";

/** A file of a package's source. A link's content is its target. */
export type SourceFile = {
  readonly path: string;
  readonly kind: "file" | "executable" | "link";
  readonly content: Uint8Array;
};

/** Refuses files that would not stay in the directory they are put into. */
export const checkFiles = (files: readonly Omit<SourceFile, "content">[]) => {
  const paths = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/");
    if (parts.some((part) => part === "" || part === "." || part === ".."))
      throw refused(path, "expected a path inside the source");
    if (parts.some((part) => /^\.git$/i.test(part))) throw refused(path, "expected no .git in it");
    if (/[\p{Cc}\uFFFD]/u.test(path))
      throw refused(path, "expected UTF-8 without control characters");
    if (paths.has(path)) throw refused(path, "expected it only once");
    paths.add(path);
  }
  for (const path of paths)
    for (let parent = posix.dirname(path); parent !== "."; parent = posix.dirname(parent))
      if (paths.has(parent)) throw refused(path, `${parent} is no directory`);
};

/**
 * Refuses a link that leads out of the source. `..` may only lead: a link's own directories are real
 * (`checkFiles`), but a later one may be a link, from which `..` goes elsewhere.
 */
export const checkLink = (path: string, target: string) => {
  const parts = target.split("/");
  const ups = parts.findIndex((part) => part !== "..");
  const leading = ups === -1 ? parts.length : ups;
  const depth = path.split("/").length - 1;
  const isInside =
    target !== "" &&
    !/\p{Cc}/u.test(target) &&
    !target.startsWith("/") &&
    !parts.slice(leading).includes("..") &&
    leading <= depth;
  if (!isInside) throw refused(path, `the link to ${target} leads out of the source`);
};

const refused = (path: string, why: string) =>
  new SourceFault("invalid", `the source holds ${JSON.stringify(path.slice(0, 200))}: ${why}`);
