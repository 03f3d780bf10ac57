import * as v from "valibot";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import { deadline, type Pause } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import type { AurPackage } from "./pick-listed.ts";
import { SourceFault } from "./unusable.ts";

export type Aur = {
  /** The packages of these names that there are, however many are asked for. */
  info(names: readonly string[]): Promise<AurPackage[]>;
  /** The names of packages that provide a name, in the AUR's order. */
  search(provision: string): Promise<Pkgname[]>;
  /** The pkgbases whose names begin with a text, at most 20, in alphabetical order. */
  suggestBases(start: string): Promise<Pkgbase[]>;
  /** Where a package's files are, for git. */
  gitUrl(pkgbase: string): string;
};

export type Options = {
  readonly url: string;
  /** Milliseconds a request may take. */
  readonly timeout: number;
  /** Further tries of a request that failed. */
  readonly retries: number;
  /** Ends requests under way. */
  readonly signal: AbortSignal;
  readonly pause: Pause;
  readonly log: Log;
};

/** Names in one request; the AUR takes some more. */
const mostNames = 200;

const texts = v.fallback(v.array(v.string()), []);
const text = v.fallback(v.nullable(v.string()), null);
const time = v.fallback(v.nullable(v.number()), null);

/** A field that is missing or of another type counts as empty: only the names and the version are needed. */
const Listed = v.object({
  Name: Pkgname,
  PackageBase: Pkgbase,
  Version: v.string(),
  Provides: texts,
  NumVotes: v.fallback(v.number(), 0),
  Maintainer: text,
  CoMaintainers: texts,
  Submitter: text,
  /** Seconds, as is the next. */
  LastModified: time,
  OutOfDate: time,
});

const Answer = v.variant("type", [
  v.object({ type: v.literal("multiinfo"), results: v.array(v.unknown()) }),
  v.object({ type: v.literal("search"), results: v.array(v.unknown()) }),
  v.object({ type: v.literal("error"), error: v.string() }),
]);

const Suggested = v.array(v.unknown());

/** The AUR's RPC interface, version 5. Source: https://aur.archlinux.org/rpc/swagger */
export const connectAur = ({ url, timeout, retries, signal, pause, log }: Options): Aur => {
  const root = url.replace(/\/+$/, "");

  const post = async <S extends v.GenericSchema>(form: URLSearchParams, schema: S) => {
    using late = deadline(pause, timeout);
    const response = await fetch(`${root}/rpc/`, {
      method: "POST",
      body: form,
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`);
    return v.parse(schema, await response.json());
  };
  const ask = async <S extends v.GenericSchema>(
    schema: S,
    fields: readonly (readonly [string, string])[],
  ): Promise<v.InferOutput<S>> => {
    const form = new URLSearchParams([...fields.map(([name, value]) => [name, value]), ["v", "5"]]);
    for (let failures = 0; ; failures++) {
      try {
        return await post(form, schema);
      } catch (error) {
        if (failures < retries && !signal.aborted) continue;
        const why = error instanceof Error ? error.message : String(error);
        throw new SourceFault("unavailable", `cannot ask the AUR at ${root}: ${why}`, {
          cause: error,
        });
      }
    }
  };

  /** A row that cannot be read is passed over: the others count. */
  const read = (row: unknown) => {
    const parsed = v.safeParse(Listed, row);
    if (parsed.success) return [listedOf(parsed.output)];
    log.warn("AUR row not read", { url: root, why: parsed.issues[0].message.slice(0, 200) });
    return [];
  };

  return {
    async info(names) {
      const found: AurPackage[] = [];
      for (let at = 0; at < names.length; at += mostNames) {
        const asked = names.slice(at, at + mostNames).map((name) => ["arg[]", name] as const);
        const answer = await ask(Answer, [...asked, ["type", "info"]]);
        if (answer.type === "error")
          throw new SourceFault("unavailable", `cannot ask the AUR at ${root}: ${answer.error}`);
        found.push(...answer.results.flatMap(read));
      }
      return found;
    },

    async search(provision) {
      const answer = await ask(Answer, [
        ["type", "search"],
        ["by", "provides"],
        ["arg", provision],
      ]);
      // An error here is about the name: too short, or too many have it.
      return answer.type === "error" ? [] : answer.results.flatMap(read).map(({ name }) => name);
    },

    async suggestBases(start) {
      const names = await ask(Suggested, [
        ["type", "suggest-pkgbase"],
        ["arg", start],
      ]);
      return names.flatMap((name) => {
        const parsed = v.safeParse(Pkgbase, name);
        return parsed.success ? [parsed.output] : [];
      });
    },

    gitUrl: (pkgbase) => `${root}/${pkgbase}.git`,
  };
};

const listedOf = (it: v.InferOutput<typeof Listed>) =>
  ({
    name: it.Name,
    pkgbase: it.PackageBase,
    version: it.Version,
    provides: it.Provides,
    votes: it.NumVotes,
    record: {
      maintainer: it.Maintainer,
      comaintainers: it.CoMaintainers,
      submitter: it.Submitter,
      lastModified: instantOf(it.LastModified),
      outOfDate: instantOf(it.OutOfDate),
    },
  }) satisfies AurPackage;

const instantOf = (time: number | null) => (time === null ? null : seconds(time));
