import type { Blobs } from "#shared/blobs/blobs.ts";
import { saysLost } from "#shared/blobs/lost.ts";
import type { BlobReference, Pkgname } from "#shared/model.ts";
import { encodeFrame, endFrame } from "#shared/pacman/database-frame.ts";
import { type Entry, formatFiles, parseDesc, parseFiles } from "#shared/pacman/desc.ts";
import { readPackageFile } from "#shared/pacman/package-file.ts";
import type { Repo } from "./context.ts";
import type { NextFrame } from "./frames.ts";
import { joinPieces } from "./join-pieces.ts";
import type { ArtifactRow, WrittenFrame } from "./store/commit.ts";
import { readEntries } from "./store/current.ts";
import type { ViewedFrame } from "./view.ts";

/** Encodes the frames that change; what others hold is not even read. */
export const writeFrames = async (
  { blobs, log, state }: Pick<Repo, "blobs" | "log" | "state">,
  planned: readonly NextFrame<Pkgname>[],
  put: readonly ArtifactRow[],
): Promise<WrittenFrame[]> => {
  const come = new Map(put.map((row) => [row.pkgname, row]));
  const written: WrittenFrame[] = [];
  for (const { kind, pkgnames } of planned) {
    if (kind === "kept") continue;
    const there = pkgnames.filter((pkgname) => !come.has(pkgname));
    const known = new Map([...(await readEntries(state.read, there)), ...come]);
    const rows = pkgnames.flatMap((pkgname) => known.get(pkgname) ?? []);
    const entries = await Promise.all(rows.map((row) => entryOf({ blobs, log }, row)));
    const [database, files] = await Promise.all([
      blobs.put(encodeFrame(entries, "db")),
      blobs.put(encodeFrame(entries, "files")),
    ]);
    written.push({
      pkgnames,
      ...{ databaseSha256: database.sha256, databaseBytes: database.bytes },
      ...{ filesSha256: files.sha256, filesBytes: files.bytes },
    });
  }
  return written;
};

type Pieces = {
  readonly database: readonly BlobReference[];
  readonly files: readonly BlobReference[];
};

/** The frames of both databases, in order. */
export const piecesOf = (
  planned: readonly NextFrame<Pkgname>[],
  frames: ReadonlyMap<number, ViewedFrame>,
  written: readonly WrittenFrame[],
): Pieces => {
  const byFirst = new Map(written.map((frame) => [frame.pkgnames[0], frame]));
  const pieces = planned.map((frame) => {
    const piece = frame.kind === "kept" ? frames.get(frame.id) : byFirst.get(frame.pkgnames[0]);
    if (!piece) throw new Error(`no frame of ${frame.pkgnames[0]}`);
    return piece;
  });
  return {
    database: pieces.map((it) => ({ sha256: it.databaseSha256, bytes: it.databaseBytes })),
    files: pieces.map((it) => ({ sha256: it.filesSha256, bytes: it.filesBytes })),
  };
};

/** Bytes up to which a database is put together in memory. */
const largestInMemory = 32 * 1024 * 1024;

/** Puts a database together from its frames: from one read of the one before it, where that has most of them. */
export const putDatabase = async (
  blobs: Blobs,
  pieces: readonly BlobReference[],
  before: BlobReference | undefined,
  piecesBefore: readonly BlobReference[],
) => {
  const old =
    before && before.bytes <= largestInMemory ? await contentOf(blobs, before) : undefined;
  const joined =
    old && (await joinPieces(pieces, { content: old, pieces: piecesBefore }, blobs.bytes));
  return blobs.put(joined ?? concatenate(blobs, pieces));
};

/** Nothing where it is gone or damaged: its frames are kept beside it. */
const contentOf = (blobs: Blobs, { sha256 }: BlobReference) =>
  blobs.bytes(sha256).catch((error: unknown) => {
    if (saysLost(error)) return undefined;
    throw error;
  });

async function* concatenate(blobs: Blobs, pieces: readonly BlobReference[]) {
  for (const { sha256 } of pieces) yield await blobs.bytes(sha256);
  yield endFrame;
}

type Row = Pick<ArtifactRow, "pkgname" | "version" | "desc" | "sha256" | "filesSha256">;

const entryOf = async (context: Pick<Repo, "blobs" | "log">, row: Row): Promise<Entry> => ({
  directory: `${row.pkgname}-${row.version}`,
  desc: parseDesc(row.desc),
  files: await filesOf(context, row),
});

/** The list that was kept, else the package file's own; none where both are lost, so that other packages are not held up. */
const filesOf = async (
  { blobs, log }: Pick<Repo, "blobs" | "log">,
  { pkgname, sha256, filesSha256 }: Row,
): Promise<readonly string[]> => {
  try {
    return parseFiles(Buffer.from(await blobs.bytes(filesSha256)).toString("utf8"));
  } catch (error) {
    if (!saysLost(error)) throw error;
    log.error("the list of a package's files is lost", { pkgname, error });
  }
  try {
    const { files } = await readPackageFile(await blobs.read(sha256));
    await blobs.put(Buffer.from(formatFiles(files)));
    return files;
  } catch (error) {
    if (!saysLost(error)) throw error;
    log.error("a package is listed without its files, because its file is lost; build it again", {
      pkgname,
      error,
    });
    return [];
  }
};
