import { createReadStream } from "node:fs";
import { expect } from "vitest";
import { Fault } from "#shared/fault.ts";
import { readArchive } from "#shared/pacman/archive.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { parseDependency } from "#shared/pacman/dependency.ts";
import type { Srcinfo } from "#shared/pacman/srcinfo.ts";
import { vcsSourcesOf } from "#shared/pacman/vcs-source.ts";
import { askingOf } from "../../services/builder/look-command.ts";
import { checkSrcinfo } from "../../services/resolver/check-srcinfo.ts";
import { closeOver } from "../../services/resolver/closure.ts";
import { finderOf, needsOf, offersOf } from "../../services/resolver/providers.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";
import { recipe } from "../support/recipe.ts";

const outcomeOf = <T>(read: () => T) => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

/** Each .SRCINFO, or why it is refused. */
const readCorpus = async () => {
  const read: Srcinfo[] = [];
  const refused: string[] = [];
  const archive = readArchive(createReadStream(corpusFile("srcinfo.tar.zst")));
  for await (const member of archive) {
    if (member.type !== "file" || !member.name.endsWith("/.SRCINFO")) continue;
    const text = (await member.read(1_000_000)).toString("utf8");
    const outcome = outcomeOf(() => checkSrcinfo(text));
    if (outcome instanceof Fault) refused.push(outcome.message);
    else read.push(outcome);
  }
  return { read, refused };
};

const readCore = async () => {
  const offers = [];
  for await (const { desc } of readDatabase(createReadStream(corpusFile("arch-2019-core.db"))))
    offers.push({ name: desc.name, version: desc.version, provides: desc.provides });
  return offers;
};

corpusTest(
  "every .SRCINFO of the corpus is sound, and all VCS sources but those of ssh and fossil may be asked",
  async () => {
    const { read, refused } = await readCorpus();

    const sources = read.flatMap((it) => vcsSourcesOf(it, "x86_64"));
    const unasked = sources.flatMap((it) => {
      const asking = askingOf(it);
      return asking.kind === "refuse" ? [asking.look.message] : [];
    });

    expect([read.length, refused]).toEqual([1_963, []]);
    expect(sources.length).toBeGreaterThan(100);
    expect(unasked.filter((message) => !/: (ssh needs|fossil has)/.test(message))).toEqual([]);
  },
);

corpusTest("no package of the corpus takes an official package's place", async () => {
  const { read: srcinfos } = await readCorpus();
  const core = await readCore();
  const find = finderOf(core);
  const findOwn = finderOf(srcinfos.flatMap((it) => offersOf(it, "x86_64")));
  const names = core.flatMap(({ name, version, provides }) => [
    name,
    `${name}=${version}`,
    ...provides,
  ]);
  const target = checkSrcinfo(recipe({ pkgbase: "target", depends: names }).srcinfo);

  const closure = closeOver(
    target,
    { listed: new Map(), found: new Map(), fetched: new Map() },
    {
      arch: "x86_64",
      official: { has: (dependency) => find(dependency) !== undefined, isGroup: () => false },
      isOwn: (need) => findOwn(need) !== undefined,
      isFollowing: () => false,
      isElsewhere: () => false,
    },
  );

  expect(closure).toEqual({ kind: "closed", choices: [] });
});

corpusTest("what the corpus needs of its own is found", async () => {
  const { read: srcinfos } = await readCorpus();
  const find = finderOf(srcinfos.flatMap((it) => offersOf(it, "x86_64")));

  const needs = srcinfos.flatMap((it) => needsOf(it, "x86_64"));
  const met = needs.filter((need) => find(parseDependency(need)));

  expect(met.length).toBeGreaterThan(1_000);
});
