import type { Payload } from "#shared/bus/declare.ts";
import type { Excerpt } from "#shared/messages/facts.ts";
import type { RebuildOutcome, rebuildEnded } from "#shared/messages/rebuild.ts";
import { sentenceOf } from "#shared/show/end-sentence.ts";

type Ended = Payload<typeof rebuildEnded>;

/** What became of one package file. */
export type Finding =
  | { readonly kind: "equal" }
  /** Bytes, counted from 0. */
  | { readonly kind: "differs"; readonly at: number }
  | { readonly kind: "not-made" }
  /** What is served is not what was built; undefined: nothing is there. */
  | { readonly kind: "not-as-built"; readonly sha256: string | undefined }
  /** Nobody looked. */
  | { readonly kind: "unknown" };

export type Compared = {
  readonly filename: string;
  /** Of what was built, by its record. */
  readonly sha256: string;
  readonly rebuiltSha256: string | null;
  readonly finding: Finding;
};

export type Verdict = Pick<Ended, "status" | "message"> & {
  readonly artifacts: readonly (Ended["artifacts"][number] & {
    readonly rebuiltSha256: string | null;
  })[];
};

/** GOOD when every file is equal; the message names what is not. */
export const judge = (compared: readonly Compared[]): Verdict => {
  const problems = compared.flatMap((it) => problemOf(it) ?? []);
  const isGood = compared.length > 0 && compared.every(({ finding }) => finding.kind === "equal");
  return {
    status: isGood ? "GOOD" : "BAD",
    message: problems.length > 0 ? problems.join("; ") : null,
    artifacts: compared.map(({ filename, rebuiltSha256, finding }) => ({
      filename,
      rebuiltSha256,
      status: statusOf(finding),
    })),
  };
};

type Unbuilt = Exclude<RebuildOutcome, { readonly kind: "rebuilt" }>;

/** A rebuild that made nothing: BAD where makepkg itself failed, else it could not be carried through. */
export const judgeUnbuilt = (
  outcome: Unbuilt,
  excerpt: Excerpt | null,
  filenames: readonly string[],
): Verdict => {
  const isBad = outcome.kind === "failed" && outcome.step === "build";
  return {
    status: isBad ? "BAD" : "FAIL",
    message: sentenceOf(outcome, excerpt),
    artifacts: filenames.map((filename) => ({
      filename,
      rebuiltSha256: null,
      status: isBad ? "BAD" : "UNKWN",
    })),
  };
};

/** It could not be carried through. */
export const failed = (message: string): Verdict => ({ status: "FAIL", message, artifacts: [] });

const statusOf = ({ kind }: Finding) => {
  if (kind === "unknown") return "UNKWN";
  return kind === "equal" ? "GOOD" : "BAD";
};

const problemOf = ({ filename, sha256, finding }: Compared) => {
  switch (finding.kind) {
    case "differs":
      return `${filename} differs from byte ${finding.at} on`;
    case "not-made":
      return `${filename} was not made again`;
    case "not-as-built":
      return finding.sha256 === undefined
        ? `${filename} is not there any more`
        : `${filename} is not as it was built: it hashes to ${finding.sha256}, expected ${sha256}`;
    default:
      return undefined;
  }
};
