import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { expect } from "vitest";
import { formatSrcinfo, parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";

const readCorpus = async () => {
  const files = new Map<string, string>();
  const archive = createReadStream(corpusFile("srcinfo.tar.zst")).pipe(createZstdDecompress());
  for await (const entry of archive.pipe(extract())) {
    if (entry.header.type === "file") files.set(entry.header.name, await text(entry));
    else entry.resume();
  }
  return files;
};

/** What we do not keep, each by a rule of its own, in the order in which they are undone. */
const layouts: [why: string, undo: (text: string) => string][] = [
  ["blank lines at the end", (file) => file.replace(/\n+$/, "\n")],
  ["comments, with the blank lines around them", (file) => file.replace(/^(#.*\n)+\n*/gm, "")],
  ["spaces around a value", (file) => file.replace(/ = +(.*?) *$/gm, " = $1")],
  ["indented by spaces", (file) => file.replace(/^[\t ]+(\w+) += /gm, "\t$1 = ")],
  ["no blank line before a package", (file) => file.replace(/([^\n])\npkgname/g, "$1\n\npkgname")],
];

corpusTest(
  "every .SRCINFO of the corpus is written as it was read, but for its layout",
  async () => {
    const corpus = await readCorpus();

    const unequal = new Map<string, number>();
    for (const [path, original] of corpus) {
      const ours = formatSrcinfo(parseSrcinfo(original));
      let undone = original;
      for (const [why, undo] of layouts) {
        if (undone === ours) break;
        const before = undone;
        undone = undo(before);
        if (undone !== before) unequal.set(why, (unequal.get(why) ?? 0) + 1);
      }
      expect(ours, path).toBe(undone);
    }

    expect(corpus.size).toBe(1_963);
    expect(Object.fromEntries(unequal)).toEqual({
      "blank lines at the end": 219,
      "comments, with the blank lines around them": 12,
      "spaces around a value": 5,
      "indented by spaces": 4,
      "no blank line before a package": 1,
    });
  },
);

corpusTest(
  "every .SRCINFO of the corpus has a version, but for one with a hyphen in it",
  async () => {
    const corpus = await readCorpus();

    const refused = [...corpus].flatMap(([path, file]) => {
      try {
        versionOf(parseSrcinfo(file));
        return [];
      } catch (error) {
        return [[path, String(error)]];
      }
    });

    expect(refused).toEqual([
      ["./chaotic-aur/stockfish/.SRCINFO", 'Fault: "20260630-60888387-1" is not a package version'],
    ]);
  },
);
