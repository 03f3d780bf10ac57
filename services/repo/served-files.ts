import type { retiredFiles } from "#shared/state/repo.ts";
import type { Generation, Published } from "./store/current.ts";

export type ServedFile = {
  readonly kind: "database" | "package" | "signature";
  readonly content:
    | { readonly kind: "blob"; readonly sha256: string; readonly bytes: number }
    /** Detached, binary, base64. */
    | { readonly kind: "signature"; readonly base64: string };
  readonly modifiedAt: number;
  /** When it left the repository. */
  readonly retiredAt?: number;
};

export type Files = ReadonlyMap<string, ServedFile>;

type PackageFile = Pick<Published, "filename" | "sha256" | "bytes" | "signature" | "publishedAt">;

/** By each name of a database, its first name. All of them have a signature `.sig` where kiln signs. */
export const databaseNames = (repository: string): ReadonlyMap<string, string> =>
  new Map(
    [`${repository}.db`, `${repository}.files`].flatMap((name) =>
      namesOf(name).map((each) => [each, name] as const),
    ),
  );

const namesOf = (database: string) => [database, `${database}.tar.gz`];

/** The name of the database that a file is, or is the signature of. */
export const databaseOf = (files: Files, file: string) => {
  const name = file.replace(/\.sig$/, "");
  return files.get(name)?.kind === "database" ? name : undefined;
};

/** A generation's databases, under the names by which pacman and repo-add(8) know them. */
export const databaseFiles = (name: string, generation: Generation): Files =>
  new Map([
    ...filesOf(generation, `${name}.db`, {
      sha256: generation.databaseSha256,
      bytes: generation.databaseBytes,
      signature: generation.databaseSignature,
    }),
    ...filesOf(generation, `${name}.files`, {
      sha256: generation.filesSha256,
      bytes: generation.filesBytes,
      signature: generation.filesSignature,
    }),
  ]);

export const packageFiles = (published: readonly PackageFile[]): Files =>
  new Map(published.flatMap((row) => packageOf(row)));

export const retiredPackageFiles = (rows: readonly (typeof retiredFiles.$inferSelect)[]): Files =>
  new Map(rows.flatMap((row) => packageOf(row, row.retiredAt)));

type Signed = {
  readonly sha256: string;
  readonly bytes: number;
  readonly signature: string | null;
};

type Named = [name: string, file: ServedFile];

const filesOf = (
  { modifiedAt }: Generation,
  name: string,
  { sha256, bytes, signature }: Signed,
): Named[] =>
  namesOf(name).flatMap((each) => [
    [each, { kind: "database", content: { kind: "blob", sha256, bytes }, modifiedAt }],
    ...signatureOf(each, signature, { modifiedAt }),
  ]);

/** A package file and its signature. */
export const packageOf = (
  { filename, sha256, bytes, signature, publishedAt: modifiedAt }: PackageFile,
  retiredAt?: number,
): Named[] => {
  const times = { modifiedAt, ...(retiredAt !== undefined && { retiredAt }) };
  return [
    [filename, { kind: "package", content: { kind: "blob", sha256, bytes }, ...times }],
    ...signatureOf(filename, signature, times),
  ];
};

const signatureOf = (
  name: string,
  base64: string | null,
  times: Pick<ServedFile, "modifiedAt" | "retiredAt">,
): Named[] =>
  base64 === null
    ? []
    : [[`${name}.sig`, { kind: "signature", content: { kind: "signature", base64 }, ...times }]];
