import { createReadStream } from "node:fs";
import { expect } from "vitest";
import { readArchive } from "#shared/pacman/archive.ts";
import { minutes } from "#shared/time.ts";
import { askVercmp, type Pair } from "../support/ask-vercmp.ts";
import { listAsAurweb, readAsAurweb } from "../support/aurweb.ts";
import { corpusFile, corpusTest } from "../support/corpus.ts";
import { writeMirror } from "../support/official-mirror.ts";
import { startResolverOf } from "../support/resolver-of-texts.ts";
import { makeScratch } from "../support/scratch.ts";

const readCorpus = async () => {
  const srcinfos: string[] = [];
  const archive = readArchive(createReadStream(corpusFile("srcinfo.tar.zst")));
  for await (const { name, type, read } of archive)
    if (type === "file" && name.endsWith("/.SRCINFO"))
      srcinfos.push((await read(1_000_000)).toString("utf8"));
  return srcinfos;
};

/** What the AUR refuses of a push. Source: main in aurweb's git/update.py. */
const refusalOf = (text: string) => {
  const { pkgbase, packages } = readAsAurweb(text);
  for (const { pkgname, texts, lists } of packages) {
    if (!/^[a-z0-9][a-z0-9.+_-]*$/.test(pkgname)) return `${pkgname}: invalid package name`;
    for (const field of ["pkgver", "pkgrel"])
      if (!texts.get(field)) return `${pkgname}: missing mandatory field: ${field}`;
    if (!/^\d*$/.test(texts.get("epoch") ?? "")) return `${pkgname}: invalid epoch`;
    if (!lists.has("arch")) return `${pkgname}: no arch`;
  }
  return packages.length === 0 ? `${pkgbase}: missing pkgname entry` : undefined;
};

/** The texts in as many AURs as it takes until no name is in one of them twice: one AUR has a name once. */
const aursOf = (texts: readonly string[]): Map<string, string>[] => {
  if (texts.length === 0) return [];
  const taken = new Set<string>();
  const aur = new Map<string, string>();
  const rest = texts.filter((text) => {
    const { pkgbase, packages } = readAsAurweb(text);
    const names = [pkgbase, ...packages.map(({ pkgname }) => pkgname)];
    if (names.some((name) => taken.has(name))) return true;
    for (const name of names) taken.add(name);
    aur.set(pkgbase, text);
    return false;
  });
  return [aur, ...aursOf(rest)];
};

/** The parts of `name>=1:2-3`; a name alone has no operator. */
const partsOf = (relation: string) => {
  const [, name = "", operator = "", version = ""] = /^([^<>=]+)([<>=]*)(.*)$/.exec(relation) ?? [];
  return { name, operator, version };
};

/**
 * Official packages that have whatever these packages of the AUR need and do not build, in all versions that they ask for:
 * what is missing is then kiln's mistake. vercmp(8) says which versions the AUR's packages meet.
 */
const officialOf = (rows: ReturnType<typeof listAsAurweb>) => {
  const offered = Map.groupBy(
    rows.flatMap((row) => [{ name: row.Name, version: row.Version }, ...row.Provides.map(partsOf)]),
    ({ name }) => name,
  );
  const needs = [
    ...new Set(rows.flatMap((row) => [...row.Depends, ...row.MakeDepends, ...row.CheckDepends])),
  ].map(partsOf);
  const compared = askVercmp(
    needs.flatMap((need) =>
      (offered.get(need.name) ?? []).map((offer): Pair => [offer.version, need.version]),
    ),
  ).values();
  const lacking = needs.filter(({ name, operator }) => {
    const orders = (offered.get(name) ?? []).map(() => Number(compared.next().value?.[2]));
    const isMet = (order: number) =>
      operator === "" || operator.includes(order === 0 ? "=" : order < 0 ? "<" : ">");
    return !orders.some(isMet);
  });
  const lines = lacking.map(({ name, operator, version }) => {
    const provided = { "": "", "<": "=0", ">": `=${version}.1` }[operator] ?? `=${version}`;
    return `provides = ${name}${provided}`;
  });
  return { official: lines };
};

corpusTest(
  "every .SRCINFO of the corpus that aurweb would list is added",
  async () => {
    const corpus = await readCorpus();
    const listed = corpus.filter((text) => refusalOf(text) === undefined);
    const aurs = aursOf(listed);
    const outcomes = new Map<string, number>();
    const refused: unknown[] = [];

    for (const srcinfos of aurs) {
      await using scratch = await makeScratch();
      const rows = [...srcinfos.values()].flatMap((text) => listAsAurweb(text, 0, "demo"));
      const mirror = await writeMirror(scratch.path, { extra: officialOf(rows) });
      await using it = await startResolverOf(srcinfos, mirror);
      for (const text of srcinfos.values()) {
        const name = readAsAurweb(text).packages.at(-1)?.pkgname ?? "";
        const outcome = await it.add(name);
        const kind = outcome?.kind ?? "lost";
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
        if (kind !== "resolved" && kind !== "exists") refused.push({ name, ...outcome });
      }
    }
    console.info(
      `corpus: of ${corpus.length} .SRCINFO aurweb lists ${listed.length}, in ${aurs.length} AURs; ${outcomes.get("resolved")} were added, ${outcomes.get("exists")} had come along before, ${refused.length} were refused`,
    );

    expect(refused).toEqual([]);
    expect([corpus.length, listed.length]).toEqual([1_963, 1_963]);
  },
  minutes(5),
);
