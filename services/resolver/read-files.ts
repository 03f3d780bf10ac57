import { Fault } from "#shared/fault.ts";
import type { SourceSpec } from "#shared/messages/resolve.ts";
import type { Pkgbase } from "#shared/model.ts";
import { readCommandLine } from "./command-line.ts";
import type { Resolver } from "./context.ts";
import type { SourceFile } from "./source-files.ts";
import { SourceFault } from "./unusable.ts";

export type Files = {
  readonly files: readonly SourceFile[];
  /** The commit of the files, or the hash they are known by; null where their spec says it. */
  readonly revision: string | null;
  /** Absent where there is no commit, or it has no time that may be. */
  readonly committedAt?: number;
};

/** A source of the AUR is fetched by its pkgbase. `Fault` says what git answered. */
export const readFiles = async (
  { git, aur, blobs, now }: Resolver,
  spec: SourceSpec,
  pkgbase: Pkgbase | undefined,
): Promise<Files> => {
  switch (spec.type) {
    case "aur":
      return fromGit(await git.fetch(aur.gitUrl(pkgbase ?? spec.name)), now());
    case "git":
      return fromGit(await git.fetch(spec.url), now());
    case "raw": {
      const content = await blobs.bytes(spec.pkgbuild.sha256).catch(lost);
      const files = [{ path: "PKGBUILD", kind: "file", content }] as const;
      return { files, revision: null };
    }
    case "cli":
      return readCommandLine();
  }
};

/** A blob that is gone concerns its own package alone, so planning goes on with the others. */
const lost = (error: unknown): never => {
  if (!(error instanceof Fault) || error.kind === "unavailable") throw error;
  throw new SourceFault(error.kind, `the PKGBUILD that was added is lost: ${error.message}`, {
    cause: error,
  });
};

type Checkout = Awaited<ReturnType<Resolver["git"]["fetch"]>>;

/** A commit may name any time: one to come, or before 1970, is none. */
const fromGit = ({ files, revision, committedAt }: Checkout, now: number): Files => ({
  files,
  revision,
  ...(committedAt > 0 && committedAt <= now && { committedAt }),
});

/** The text of a file; undefined where there is no such file, or a link. */
export const textOf = ({ files }: Pick<Files, "files">, path: string) => {
  const file = files.find((it) => it.path === path && it.kind !== "link");
  return file && Buffer.from(file.content).toString("utf8");
};
