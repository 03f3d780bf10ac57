import * as v from "valibot";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import { deadline, type Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { AurPackage } from "./pick-listed.ts";
import { SourceFault } from "./unusable.ts";

export type Aur = {
  /** The packages of these names that there are, however many are asked for. */
  info(names: readonly string[]): Promise<AurPackage[]>;
  /** The names of packages that provide a name, in the AUR's order. */
  search(provision: string): Promise<Pkgname[]>;
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
};

/** Names in one request; the AUR takes some more. */
const mostNames = 200;

const Listed = v.object({
  Name: Pkgname,
  PackageBase: Pkgbase,
  Version: v.string(),
  Provides: v.optional(v.array(v.string()), []),
  NumVotes: v.optional(v.number(), 0),
  Maintainer: v.nullish(v.string(), null),
  CoMaintainers: v.nullish(v.array(v.string()), []),
  Submitter: v.nullish(v.string(), null),
  /** Seconds, as is the next. */
  LastModified: v.nullish(v.number(), null),
  OutOfDate: v.nullish(v.number(), null),
});

const Answer = v.variant("type", [
  v.object({ type: v.literal("multiinfo"), results: v.array(Listed) }),
  v.object({ type: v.literal("search"), results: v.array(Listed) }),
  v.object({ type: v.literal("error"), error: v.string() }),
]);

/** The AUR's RPC interface, version 5. Source: https://aur.archlinux.org/rpc/swagger */
export const connectAur = ({ url, timeout, retries, signal, pause }: Options): Aur => {
  const root = url.replace(/\/+$/, "");

  const post = async (form: URLSearchParams) => {
    using late = deadline(pause, timeout);
    const response = await fetch(`${root}/rpc/`, {
      method: "POST",
      body: form,
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`);
    return v.parse(Answer, await response.json());
  };
  const ask = async (fields: readonly (readonly [string, string])[]) => {
    const form = new URLSearchParams([...fields.map(([name, value]) => [name, value]), ["v", "5"]]);
    for (let failures = 0; ; failures++) {
      try {
        return await post(form);
      } catch (error) {
        if (failures < retries && !signal.aborted) continue;
        const why = error instanceof Error ? error.message : String(error);
        throw new SourceFault("unavailable", `cannot ask the AUR at ${root}: ${why}`, {
          cause: error,
        });
      }
    }
  };

  return {
    async info(names) {
      const found: AurPackage[] = [];
      for (let at = 0; at < names.length; at += mostNames) {
        const asked = names.slice(at, at + mostNames).map((name) => ["arg[]", name] as const);
        const answer = await ask([...asked, ["type", "info"]]);
        if (answer.type === "error")
          throw new SourceFault("unavailable", `cannot ask the AUR at ${root}: ${answer.error}`);
        found.push(...answer.results.map(listedOf));
      }
      return found;
    },

    async search(provision) {
      const answer = await ask([
        ["type", "search"],
        ["by", "provides"],
        ["arg", provision],
      ]);
      // An error here is about the name: too short, or too many have it.
      return answer.type === "error" ? [] : answer.results.map(({ Name }) => Name);
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
