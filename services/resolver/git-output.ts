import type { SourceFile } from "./source-files.ts";
import { SourceFault } from "./unusable.ts";

export type TreeEntry = {
  readonly path: string;
  readonly kind: SourceFile["kind"];
  readonly object: string;
  readonly bytes: number;
};

const kinds: Readonly<Record<string, SourceFile["kind"]>> = {
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "link",
};

/** Reads `git ls-tree -r -z -l`. Submodules are left out: makepkg never sees them. */
export const parseTree = (output: Buffer): TreeEntry[] =>
  output
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      if (line === "") return [];
      const [, mode = "", type, object = "", bytes, path = ""] =
        /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      if (type === "commit") return [];
      const kind = kinds[mode];
      if (!kind || type !== "blob")
        throw new SourceFault(
          "invalid",
          `git lists what is no file: ${JSON.stringify(line.slice(0, 200))}`,
        );
      return { path, kind, object, bytes: Number(bytes) };
    });

/** Reads `git cat-file --batch`: the content of each object. */
export const parseCatFile = (output: Buffer): ReadonlyMap<string, Uint8Array> => {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf("\n", at);
    const [object = "", type, bytes] = output.toString("utf8", at, end).split(" ");
    if (type !== "blob") throw new SourceFault("invalid", `git has no file ${object}`);
    const start = end + 1;
    contents.set(object, output.subarray(start, start + Number(bytes)));
    at = start + Number(bytes) + 1;
  }
  return contents;
};
