import { createReadStream } from "node:fs";
import { expect, test } from "vitest";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { vercmp } from "#shared/pacman/vercmp.ts";
import { askVercmp as asked, type Pair } from "../support/ask-vercmp.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";

const answered = (pairs: readonly Pair[]) => pairs.map(([a, b]) => [a, b, vercmp(a, b)]);

const nasty = [
  ..."1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1 1.1 1.1.1 01.2 1.2. 1.2-1".split(" "),
  ..."1.2-2 1.2-10 1.2-1.1 1:0.1-1 0:1.2-1 :1.2-1 1: 1- 1-- 1:- - a a1 1a a-b-c r12.abc".split(" "),
  ..."r12.g12 1_1 1..1 1._1 1+1 1~1 00 0 000 99999999999999999999 1e5 A.1".split(" "),
  "",
];

test("agrees with vercmp(8) on every pair of nasty versions", () => {
  const pairs = nasty.flatMap((a) => nasty.map((b): Pair => [a, b]));

  expect(answered(pairs)).toEqual(asked(pairs));
});

corpusTest(
  "agrees with vercmp(8) on the versions of the corpus, each beside the next newer and a far one",
  async () => {
    const versions = new Set<string>();
    for (const name of ["arch-2019-core.db", "arch-2019-extra.db"])
      for await (const { desc } of readDatabase(createReadStream(corpusFile(name))))
        versions.add(desc.version);
    const sorted = [...versions].sort(vercmp);
    const pairs = sorted.map((version, i): Pair => [version, sorted[i + 1] ?? version]);
    const far = sorted.map(
      (version, i): Pair => [sorted[(i * 7_919) % sorted.length] ?? "", version],
    );

    expect(answered(pairs)).toEqual(asked(pairs));
    expect(answered(far)).toEqual(asked(far));
  },
  60_000,
);
